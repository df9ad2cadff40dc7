//! Prints the audit of a program whose attributes are all in a dependency.

use std::io::{self, Write as _};

use cached_tests_services as _;

fn main() -> io::Result<()> {
    let audit = cached_runtime::audit();
    writeln!(io::stdout(), "{}", audit.to_json())
}
