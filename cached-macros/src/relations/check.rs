//! What contradicts each other in a block.

use std::collections::BTreeSet;

use cached_key::{Template, nearest};
use syn::LitStr;

use super::conflicts::conflicts;
use super::found::{Found, What};
use super::shortened;
use super::unmet::unmet;
use crate::attr::CoherentArgs;
use crate::report::{Errors, Report};

pub(super) fn check(found: &Found, args: &CoherentArgs, errors: &mut Errors) {
    elsewhere(found, args, errors);
    let elsewhere: Vec<_> = args.elsewhere.literals.iter().map(LitStr::value).collect();
    let cached = found.keepers.iter().filter(|keeper| keeper.is_cached);
    let keys: Vec<_> = cached.map(|keeper| &keeper.template).collect();
    let tags = found.keepers.iter().flat_map(|keeper| &keeper.tags);
    let tags: Vec<_> = tags.collect();
    for named in &found.named {
        let (owned, unclear) = match named.what {
            What::Tag => (&tags, found.unclear_tags),
            What::Pattern | What::Update => (&keys, found.unclear_keys),
        };
        let is_elsewhere = elsewhere.iter().any(|name| name == named.template.cache());
        if !unclear && !is_elsewhere && !args.elsewhere.faulty {
            errors.extend(unmet(named, owned));
        }
    }
    conflicts(&found.keepers, errors);
}

/// Names that are given and mean nothing here.
fn elsewhere(found: &Found, args: &CoherentArgs, errors: &mut Errors) {
    let keys = found.keepers.iter().map(|keeper| keeper.template.cache());
    let tags = found.keepers.iter().flat_map(|keeper| &keeper.tags);
    let named = found.named.iter().map(|named| named.template.cache());
    let known: BTreeSet<&str> = keys.chain(tags.map(Template::cache)).chain(named).collect();
    if found.unclear_keys || found.unclear_tags {
        return;
    }
    for literal in &args.elsewhere.literals {
        let name = literal.value();
        if known.contains(name.as_str()) {
            continue;
        }
        let report = Report::over(
            literal,
            format!("nothing in this block names `{}`", shortened(&name)),
        );
        errors.push(match nearest(&name, known.iter().copied()) {
            Some(near) => report.help(format!("did you mean `\"{near}\"`?")),
            None => report.help("remove it"),
        });
    }
}
