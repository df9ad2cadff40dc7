//! The `#[invalidates]` and `#[updates]` of one function, which make one act.

use cached_key::{Subject, Template};

use super::filled::{self, Context};
use super::lifetimes::{self, Needs};
use super::patterns::{self, Given};
use super::{keyed, returns, signature, wrapped};
use crate::attr::{Content, InvalidatesArgs, MutatorArgs, On, UpdatesArgs};
use crate::function::Function;
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::{Filled, Mutator, Place, Target, Update, Within};
use crate::reference::Keyed;
use crate::report::{Errors, Report};
use crate::spelling::written;

pub(crate) fn mutator(
    attributes: Vec<MutatorArgs>,
    attribute: Attribute,
    function: Option<Function>,
    errors: &mut Errors,
) -> Option<Mutator> {
    let mut given = Vec::new();
    let mut updates = Vec::new();
    let mut within = Vec::new();
    for args in &attributes {
        match args {
            MutatorArgs::Invalidates(args) => {
                given.extend(invalidates(args, function.as_ref(), errors));
                within.extend(self::within(args, errors));
            }
            MutatorArgs::Updates(args) => updates.push(parse(args, function.as_ref(), errors)),
        }
    }
    patterns::superfluous(&mut given, errors);
    twice(&updates, errors);

    let function = function?;
    signature::mutator(&function, attribute, !updates.is_empty(), errors);
    let targets = given.iter().filter_map(|given| {
        let named = patterns::check(given, &function, errors)?;
        Some(Target {
            named,
            only_on_ok: given.on == On::Ok,
            of_tags: given.of_tags,
        })
    });
    let targets: Vec<_> = targets.collect();
    let updates: Vec<_> = updates
        .into_iter()
        .filter_map(|update| update.check(&function, errors))
        .collect();
    if !errors.is_empty() {
        return None;
    }
    let (caches, runtime) = attributes.into_iter().next()?.into_place();
    let output = returns::output(&function);
    Some(Mutator {
        value: written(&output),
        function: wrapped(function, output),
        place: Place { runtime, caches },
        targets,
        within,
        updates,
    })
}

fn invalidates(
    args: &InvalidatesArgs,
    function: Option<&Function>,
    errors: &mut Errors,
) -> Vec<Given> {
    if let Some(function) = function
        && args.patterns.is_absent()
        && args.tags.is_absent()
    {
        errors.push(
            Report::over(&args.at, "`#[invalidates]` needs a pattern").help(format!(
                "`#[invalidates(\"{}\")]`",
                patterns::example(function)
            )),
        );
    }
    let on = args.on.given().copied().unwrap_or(On::Always);
    let keys = args.patterns.given.iter().cloned();
    let keys = keys.map(|content| (content, false));
    let tags = args.tags.literals.iter().cloned();
    let tags = tags.map(|text| (Content::Text(text), true));
    keys.chain(tags)
        .map(|(content, of_tags)| Given::parse(content, on, of_tags, function, errors))
        .collect()
}

/// The patterns of an attribute that says where they belong.
fn within(args: &InvalidatesArgs, errors: &mut Errors) -> Option<Within> {
    let keyspace = args.keyspace.given()?;
    let texts = args.patterns.given.iter().filter_map(|given| match given {
        Content::Text(text) => Some(text.clone()),
        Content::Keyed(_) => None,
    });
    let patterns: Vec<_> = texts.collect();
    if patterns.is_empty() && !args.patterns.faulty {
        errors.push(Report::over(keyspace, "`in` has no pattern to check").help("remove it"));
    }
    Some(Within {
        keyspace: keyspace.clone(),
        patterns,
    })
}

/// An `#[updates]` whose texts are read.
struct Parsed<'a> {
    args: &'a UpdatesArgs,
    key: Option<ParsedKey<'a>>,
    tags: Vec<Filled>,
}

enum ParsedKey<'a> {
    Text(Text, Template),
    Keyed(&'a Keyed),
}

impl ParsedKey<'_> {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(text, _), Self::Text(other, _)) => text.value == other.value,
            (Self::Keyed(keyed), Self::Keyed(other)) => keyed.spelling() == other.spelling(),
            _ => false,
        }
    }
}

fn parse<'a>(
    args: &'a UpdatesArgs,
    function: Option<&Function>,
    errors: &mut Errors,
) -> Parsed<'a> {
    let key = args.key.given().and_then(|content| match content {
        Content::Text(literal) => {
            let text = Text::new(literal.clone());
            let example = function.map(lifetimes::entry).unwrap_or_default();
            let template = filled::parse(&text, Subject::Key, function, &example, errors)?;
            Some(ParsedKey::Text(text, template))
        }
        Content::Keyed(keyed) => Some(ParsedKey::Keyed(keyed)),
    });
    let tags: Vec<_> = args.tags.literals.iter().cloned().map(Text::new).collect();
    let tags = filled::tags(&tags, function, Attribute::Updates, errors);
    lifetimes::order(&args.lifetimes, errors);
    Parsed { args, key, tags }
}

impl Parsed<'_> {
    fn check(self, function: &Function, errors: &mut Errors) -> Option<Update> {
        let Self { args, key, tags } = self;
        let needs = Needs {
            attribute: Attribute::Updates,
            at: &args.at,
            empty: args.empty,
            has_key: !args.key.is_absent(),
            lifetimes: &args.lifetimes,
            skip: &[],
        };
        lifetimes::missing(&needs, function, errors);
        let key = match key? {
            ParsedKey::Text(text, template) => {
                let context = Context {
                    attribute: Attribute::Updates,
                    subject: Subject::Key,
                    function,
                };
                Filled::Text {
                    pieces: filled::fill(&text, &template, context, errors).pieces,
                    template: text.value,
                }
            }
            ParsedKey::Keyed(keyed) => {
                Filled::Keyed(keyed::call(keyed, Attribute::Updates, function, &[]))
            }
        };
        Some(Update {
            key,
            tags,
            policy: lifetimes::policy(&args.lifetimes)?,
        })
    }
}

/// One value can't be kept in two ways under one key.
fn twice(updates: &[Parsed<'_>], errors: &mut Errors) {
    for (index, update) in updates.iter().enumerate() {
        let earlier = updates.iter().take(index);
        if let Some(key) = &update.key
            && earlier
                .filter_map(|earlier| earlier.key.as_ref())
                .any(|earlier| earlier.is(key))
        {
            let headline = "this key is updated twice";
            let report = match key {
                ParsedKey::Text(text, _) => Report::at(text.span(), headline),
                ParsedKey::Keyed(keyed) => Report::over(&keyed.path, headline),
            };
            errors.push(report.help("remove one"));
        }
    }
}
