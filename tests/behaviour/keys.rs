//! What can stand in a key.

use std::{borrow::Cow, fmt, num::NonZeroU32, sync::Arc};

use cached_runtime::{KeyPart, ValueWriter, key};

struct Status(&'static str);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

struct Tenant {
    region: u16,
    name: String,
}

impl KeyPart for Tenant {
    fn write(&self, out: &mut ValueWriter<'_>) {
        (self.region, &self.name).write(out);
    }
}

fn generic(name: impl AsRef<str>) -> String {
    key!("rows:<name>").as_str().to_owned()
}

#[test]
fn values_of_many_types_make_keys() {
    macro_rules! rendered {
        ($value:expr) => {{
            let value = $value;
            key!("rows:<value>")
                .as_str()
                .trim_start_matches("rows:")
                .to_owned()
        }};
    }
    assert_eq!(rendered!(u64::MAX), "18446744073709551615");
    assert_eq!(rendered!(i64::MIN), "-9223372036854775808");
    assert_eq!(rendered!(i128::MIN), i128::MIN.to_string());
    assert_eq!(rendered!(true), "true");
    assert_eq!(rendered!('ü'), "ü");
    assert_eq!(rendered!("a b:c*"), "a%20b%3Ac%2A");
    assert_eq!(rendered!(String::from("x")), "x");
    assert_eq!(rendered!(Cow::Borrowed("x")), "x");
    assert_eq!(rendered!(Arc::<str>::from("x")), "x");
    assert_eq!(rendered!(Box::new(7)), "7");
    assert_eq!(rendered!(NonZeroU32::MIN), "1");
    assert_eq!(rendered!(None::<u8>), "%-");
    assert_eq!(rendered!(Some(1)), "1");
    assert_eq!(rendered!(Some(None::<u8>)), "%-%-");
    assert_eq!(rendered!(""), "%_");
    assert_eq!(rendered!((1, "a,b")), "(1,a%2Cb)");
    assert_eq!(rendered!([1, 2, 3]), "(1,2,3)");
    assert_eq!(rendered!(vec!["", "a"]), "(%_,a)");
    assert_eq!(rendered!(&[7_u64, 8][..]), "(7,8)");
    assert_eq!(rendered!(Status("open")), "open");
    assert_eq!(rendered!(&Status("open")), "open");
    assert_eq!(rendered!(Some(Status("open"))), "open");
    assert_eq!(rendered!(Some(&Status("a b"))), "a%20b");
    assert_eq!(rendered!(&None::<Status>), "%-");
    assert_eq!(rendered!(std::net::Ipv4Addr::LOCALHOST), "127.0.0.1");
    assert_eq!(
        rendered!(Tenant {
            region: 1,
            name: String::from("a)b"),
        }),
        "(1,a%29b)"
    );
    assert_eq!(generic("x y"), "rows:x%20y");
    assert_eq!(generic(String::from("z")), "rows:z");
}

#[test]
fn five_values_that_look_alike_are_five_keys() {
    let texts = [
        None,
        Some(""),
        Some("None"),
        Some("0"),
        Some("false"),
        Some("%-"),
        Some("%_"),
    ];
    let keys: std::collections::BTreeSet<_> = texts
        .iter()
        .map(|text| key!("rows:<text>").as_str().to_owned())
        .collect();
    assert_eq!(keys.len(), texts.len());
}
