//! What the patterns of mutators reach, and what no pattern reaches.

use std::collections::BTreeMap;

use cached_key::{Correction, Meeting, PatternTemplate, Template, nearest};

use super::{
    declared::{Declared, Keeper, Pattern, meeting_of, meets},
    finding::{Finding, Kind, Place, Severity},
    outline::outline,
};

const STAYS: &str = "what it was meant to clear stays until its `ttl` ends";

/// What mutators name, as it was probably meant: what a misspelt pattern leaves out needs no word of its own.
pub(super) struct Named {
    keys: Vec<PatternTemplate>,
    tags: Vec<PatternTemplate>,
}

/// Patterns that clear nothing, or nothing that anybody can have meant.
pub(super) fn patterns(declared: &Declared, findings: &mut Vec<Finding>) -> Named {
    let keys: Vec<_> = declared.cached.iter().map(Target::keys).collect();
    let tags: Vec<_> = declared.keepers().flat_map(Target::tags).collect();
    let mut meant = |patterns: &[Pattern], noun, dead, targets: &[Target<'_>]| {
        let mut named = Vec::new();
        for pattern in patterns {
            let Some(finding) = unreached(&Reach::of(pattern, noun), dead, targets) else {
                named.push(pattern.template.clone());
                continue;
            };
            let meant = finding.did_you_mean.as_deref();
            named.extend(meant.and_then(|meant| PatternTemplate::parse(meant).ok()));
            findings.push(finding);
        }
        named
    };
    Named {
        keys: meant(
            &declared.patterns,
            "pattern",
            (Kind::DeadPattern, "key"),
            &keys,
        ),
        tags: meant(&declared.tag_patterns, "tag", (Kind::DeadTag, "tag"), &tags),
    }
}

/// Updates that nobody reads.
pub(super) fn updates(declared: &Declared, findings: &mut Vec<Finding>) {
    let keys: Vec<_> = declared.cached.iter().map(Target::keys).collect();
    for update in &declared.updates {
        let Some(template) = update.keys() else {
            continue;
        };
        let reach = Reach {
            noun: "update",
            text: update.text,
            template: &template,
            place: update.place(None),
        };
        if let Some(mut finding) = unreached(&reach, (Kind::DeadUpdate, "key"), &keys) {
            if finding.kind == Kind::DeadUpdate {
                finding.message = format!(
                    "`{}` is updated, and no cached method reads it",
                    update.text
                );
                finding.note = Some("it takes room, and no call of a cached method finds it");
            }
            // A key has no star.
            finding.did_you_mean = finding
                .did_you_mean
                .filter(|it| Template::parse(it).is_ok());
            findings.push(finding);
        }
    }
}

/// Cached methods and tags that no mutator names.
pub(super) fn never(declared: &Declared, named: &Named, findings: &mut Vec<Finding>) {
    let names_a_tag = |tag: &Template| named.tags.iter().any(|pattern| meets(pattern, tag));
    for cached in &declared.cached {
        let is_cleared = named
            .keys
            .iter()
            .any(|pattern| meets(pattern, &cached.template))
            || declared.updates.iter().any(|update| update.fills(cached))
            || cached.tags().any(|tag| names_a_tag(&tag));
        if is_cleared {
            continue;
        }
        let meant = Correction::of_template(&cached.template, &named.keys);
        findings.push(Finding {
            message: format!("no mutator invalidates `{}`", cached.text),
            note: Some("its `ttl` alone keeps it fresh"),
            ..unnamed(
                Kind::NeverInvalidated,
                cached.text,
                vec![cached.place(None)],
                meant,
            )
        });
    }

    let mut unused: BTreeMap<Vec<Option<String>>, (Template, Vec<Place>)> = BTreeMap::new();
    for keeper in declared.keepers() {
        for tag in keeper.tags().filter(|tag| !names_a_tag(tag)) {
            let (_, places) = unused
                .entry(outline(&tag))
                .or_insert_with(|| (tag, Vec::new()));
            places.push(keeper.place(None));
        }
    }
    for (tag, places) in unused.into_values() {
        let meant = Correction::of_template(&tag, &named.tags);
        let text = tag.to_string();
        findings.push(Finding {
            message: format!("no mutator names the tag `{text}`"),
            note: None,
            ..unnamed(Kind::UnusedTag, &text, places, meant)
        });
    }
}

/// What nobody names may be meant to be so, unless it is nearly what somebody names.
fn unnamed(kind: Kind, subject: &str, places: Vec<Place>, meant: Option<Correction>) -> Finding {
    Finding {
        kind,
        severity: if meant.is_some() {
            Severity::Error
        } else {
            Severity::Remark
        },
        subject: subject.to_owned(),
        message: String::new(),
        places,
        did_you_mean: meant.map(|meant| meant.text().to_owned()),
        note: None,
    }
}

/// Something that a mutator names.
struct Reach<'a> {
    noun: &'static str,
    text: &'static str,
    template: &'a PatternTemplate,
    place: Place,
}

impl<'a> Reach<'a> {
    fn of(pattern: &'a Pattern, noun: &'static str) -> Self {
        Self {
            noun,
            text: pattern.text,
            template: &pattern.template,
            place: pattern.place(),
        }
    }
}

/// Something that can be named.
struct Target<'a> {
    template: Template,
    keeper: &'a Keeper,
}

impl<'a> Target<'a> {
    fn keys(keeper: &'a Keeper) -> Self {
        Self {
            template: keeper.template.clone(),
            keeper,
        }
    }

    fn tags(keeper: &'a Keeper) -> impl Iterator<Item = Self> {
        keeper.tags().map(move |template| Self { template, keeper })
    }
}

fn unreached(
    reach: &Reach<'_>,
    (dead, thing): (Kind, &str),
    all: &[Target<'_>],
) -> Option<Finding> {
    let Reach {
        noun,
        text,
        template,
        ..
    } = reach;
    let met = |target: &Target<'_>| meeting_of(template, &target.template);
    // Of several that are as good the first one.
    let best = all.iter().rev().max_by_key(|target| met(target));
    let how = best.and_then(met);
    if how == Some(Meeting::AsWritten) {
        return None;
    }
    let templates = || all.iter().map(|target| &target.template);
    let meant = Correction::of_pattern(template, templates());
    let is_slip = meant.as_ref().is_some_and(|meant| {
        meant.is_slip()
            && PatternTemplate::parse(meant.text()).is_ok_and(|meant| {
                templates().any(|it| meeting_of(&meant, it) == Some(Meeting::AsWritten))
            })
    });
    let mut places = vec![reach.place.clone()];
    let (kind, message, note) = match (how, best) {
        (Some(Meeting::AsWritten | Meeting::ByValue), _) if !is_slip => return None,
        (Some(how), Some(best)) => {
            let met = &best.template;
            places.push(best.keeper.place(Some(format!("`{met}`"))));
            let (when, note) = if how == Meeting::ByChance {
                (
                    "by chance only",
                    "a value would have to hold the text beside its placeholder",
                )
            } else {
                ("for some values only", STAYS)
            };
            let message = format!("{noun} `{text}` matches {thing}s {when}");
            (Kind::ChanceMatch, message, note)
        }
        _ => {
            let message = format!("{noun} `{text}` matches no {thing} of any cached method");
            (dead, message, STAYS)
        }
    };
    let similar = || {
        let texts: Vec<_> = templates().map(ToString::to_string).collect();
        nearest(text, texts.iter().map(String::as_str)).map(str::to_owned)
    };
    Some(Finding {
        kind,
        severity: Severity::Error,
        subject: (*text).to_owned(),
        message,
        places,
        did_you_mean: meant.map(|meant| meant.text().to_owned()).or_else(similar),
        note: Some(note),
    })
}
