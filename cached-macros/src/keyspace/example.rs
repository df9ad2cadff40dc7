//! A key as it is to be written, for those that are not.

use proc_macro2::Ident;
use syn::{Pat, Type};

use super::entry::Param;
use crate::function::plain;
use crate::spelling::{peel, written};

/// `name(id: u64) = "users:name:<id>";`, with the parameters that there are.
pub(super) fn key(keyspace: &Ident, name: &str, params: Option<&[Param]>) -> String {
    let last = name.trim_start_matches("r#");
    let Some(params) = params else {
        return line(name, "id: u64", &format!("{}:{last}:<id>", plain(keyspace)));
    };
    let mut template = vec![plain(keyspace), last.to_owned()];
    template.extend(
        params
            .iter()
            .map(|param| format!("<{}>", plain(&param.name))),
    );
    line(name, &declared(params), &template.join(":"))
}

pub(super) fn line(name: &str, params: &str, template: &str) -> String {
    format!("`{name}({params}) = \"{template}\";`")
}

pub(super) fn declared(params: &[Param]) -> String {
    let params = params
        .iter()
        .map(|param| format!("{}: {}", param.name, written(&param.ty)));
    params.collect::<Vec<_>>().join(", ")
}

/// The parameters that a pattern was to be: `(id, page): (u64, u32)` are two.
pub(super) fn params(pat: &Pat, ty: &Type) -> String {
    let ty = peel(ty);
    match (pat, ty) {
        (Pat::Ident(pat), _) => format!("{}: {}", pat.ident, written(ty)),
        (Pat::Tuple(pats), Type::Tuple(types)) if pats.elems.len() == types.elems.len() => {
            let pairs = pats.elems.iter().zip(&types.elems);
            let params = pairs.map(|(pat, ty)| params(pat, ty));
            params.collect::<Vec<_>>().join(", ")
        }
        _ => format!("id: {}", written(ty)),
    }
}
