//! Lists the modules of the macros for `mutants`, which has them in it: of a crate of macros no other crate can call a function.

use std::{env, fmt::Write as _, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = |name| env::var_os(name).ok_or_else(|| io::Error::other("cargo names no folder"));
    let macros = Path::new(&folder("CARGO_MANIFEST_DIR")?).join("../cached-macros/src");
    let library = macros.join("lib.rs");
    println!("cargo::rerun-if-changed={}", library.display());
    let source = fs::read_to_string(library)?;
    let mut modules = String::new();
    let mut attribute = "";
    for line in source.lines() {
        if let Some(name) = line
            .strip_prefix("mod ")
            .and_then(|line| line.strip_suffix(';'))
            && attribute != "#[cfg(test)]"
        {
            let file = macros.join(name).with_extension("rs");
            let file = if file.exists() {
                file
            } else {
                macros.join(name).join("mod.rs")
            };
            let path = file.display().to_string();
            writeln!(modules, "{attribute}\n#[path = {path:?}]\nmod {name};")
                .map_err(io::Error::other)?;
        }
        attribute = if line.starts_with("#[") { line } else { "" };
    }
    fs::write(Path::new(&folder("OUT_DIR")?).join("macros.rs"), modules)
}
