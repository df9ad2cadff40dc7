//! Lists the modules of the macros for programs that have them in it: of a crate of macros no other crate can call a function. Those
//! are `mutants`, the fuzzing of the macros, and the bench of what they cost.

use std::{env, fmt::Write as _, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = |name| env::var_os(name).ok_or_else(|| io::Error::other("cargo names no folder"));
    let own = folder("CARGO_MANIFEST_DIR")?;
    let macros = Path::new(&own)
        .ancestors()
        .map(|folder| folder.join("cached-macros/src"))
        .find(|folder| folder.exists())
        .ok_or_else(|| io::Error::other("the macros are not there"))?;
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
