//! The `#[invalidates]` and `#[updates]` of one function, which make one act.

use cached_key::{Subject, Template};

use super::filled::{self, Context};
use super::lifetimes::{self, Needs};
use super::patterns::{self, Given};
use super::{returns, signature, wrapped};
use crate::attr::{InvalidatesArgs, MutatorArgs, On, UpdatesArgs};
use crate::function::Function;
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::{Filled, Mutator, Place, Target, Update};
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
    for args in &attributes {
        match args {
            MutatorArgs::Invalidates(args) => {
                given.extend(invalidates(args, function.as_ref(), errors));
            }
            MutatorArgs::Updates(args) => updates.push(parse(args, function.as_ref(), errors)),
        }
    }
    patterns::superfluous(&mut given, errors);
    twice(&updates, errors);

    let function = function?;
    signature::mutator(&function, attribute, !updates.is_empty(), errors);
    let targets = given.iter().filter_map(|given| {
        let pattern = patterns::check(given, &function, errors)?;
        Some(Target {
            pattern,
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
    let keys = args.patterns.literals.iter().map(|text| (text, false));
    let tags = args.tags.literals.iter().map(|text| (text, true));
    keys.chain(tags)
        .map(|(text, of_tags)| Given::parse(Text::new(text.clone()), on, of_tags, function, errors))
        .collect()
}

/// An `#[updates]` whose texts are read.
struct Parsed<'a> {
    args: &'a UpdatesArgs,
    key: Option<(Text, Template)>,
    tags: Vec<Filled>,
}

fn parse<'a>(
    args: &'a UpdatesArgs,
    function: Option<&Function>,
    errors: &mut Errors,
) -> Parsed<'a> {
    let text = args.key.given().cloned().map(Text::new);
    let key = text.and_then(|text| {
        let example = function.map(lifetimes::entry).unwrap_or_default();
        let template = filled::parse(&text, Subject::Key, function, &example, errors)?;
        Some((text, template))
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
        let (text, template) = key?;
        let context = Context {
            attribute: Attribute::Updates,
            subject: Subject::Key,
            function,
        };
        let pieces = filled::fill(&text, &template, context, errors).pieces;
        Some(Update {
            key: Filled {
                template: text.value,
                pieces,
            },
            tags,
            policy: lifetimes::policy(&args.lifetimes)?,
        })
    }
}

/// One value can't be kept in two ways under one key.
fn twice(updates: &[Parsed<'_>], errors: &mut Errors) {
    for (index, update) in updates.iter().enumerate() {
        let earlier = updates.iter().take(index);
        if let Some((text, _)) = &update.key
            && earlier
                .filter_map(|earlier| earlier.key.as_ref())
                .any(|(earlier, _)| earlier.value == text.value)
        {
            errors.push(Report::at(text.span(), "this key is updated twice").help("remove one"));
        }
    }
}
