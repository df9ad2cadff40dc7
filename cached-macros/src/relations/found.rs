//! What the attributes of a block say, as far as it can be read. What is wrong by itself its own attribute reports.

use cached_key::{PatternTemplate, Template};
use proc_macro2::TokenStream;
use syn::{LitStr, Type};

use super::stored::stored;
use crate::attr::{
    CachedArgs, Content, InvalidatesArgs, Lifetimes, MutatorArgs, Texts, UpdatesArgs,
};
use crate::duration::Duration;
use crate::function::Function;
use crate::literal::Text;
use crate::option::Attribute;
use crate::report::Errors;

#[derive(Default)]
pub(super) struct Found {
    pub(super) keepers: Vec<Keeper>,
    pub(super) named: Vec<Named>,
    /// There is a cached method whose key can't be read, or whose tags can't: they might be any.
    pub(super) unclear_keys: bool,
    pub(super) unclear_tags: bool,
}

/// A method that fills keys: one that is cached, or an update.
pub(super) struct Keeper {
    pub(super) function: String,
    /// It reads them, too.
    pub(super) is_cached: bool,
    pub(super) text: Text,
    pub(super) template: Template,
    pub(super) stored: Type,
    pub(super) ttl: Option<Duration>,
    pub(super) tags: Vec<Template>,
    /// It may not be part of the program.
    pub(super) is_conditional: bool,
}

/// Keys or tags that a mutator names.
pub(super) struct Named {
    pub(super) text: Text,
    pub(super) template: PatternTemplate,
    pub(super) what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Pattern,
    Tag,
    Update,
}

/// An attribute of ours.
pub(super) struct Ours {
    pub(super) attribute: Attribute,
    pub(super) arguments: TokenStream,
    pub(super) is_conditional: bool,
}

impl Found {
    pub(super) fn add(&mut self, ours: Ours, function: &Function) {
        let mut faults = Errors::default();
        let Ours {
            attribute,
            arguments,
            is_conditional,
        } = ours;
        if attribute == Attribute::Cached {
            let args = CachedArgs::parse(arguments, &mut faults);
            if faults.is_empty() {
                self.cached(args, function, is_conditional);
            } else {
                self.unclear_keys = true;
                self.unclear_tags = true;
            }
            return;
        }
        match MutatorArgs::parse(attribute, arguments, TokenStream::new(), &mut faults) {
            _ if !faults.is_empty() => {}
            MutatorArgs::Updates(args) => self.update(*args, function, is_conditional),
            MutatorArgs::Invalidates(args) => self.invalidates(&args),
        }
    }

    fn cached(&mut self, args: CachedArgs, function: &Function, is_conditional: bool) {
        let key = args.key.into_given();
        let Some(keeper) = keeper(key, args.lifetimes, &args.tags, function) else {
            self.unclear_keys = true;
            self.unclear_tags |= !args.tags.is_absent();
            return;
        };
        self.keepers.push(Keeper {
            is_cached: true,
            is_conditional,
            ..keeper
        });
    }

    fn update(&mut self, args: UpdatesArgs, function: &Function, is_conditional: bool) {
        let key = args.key.into_given();
        let Some(keeper) = keeper(key, args.lifetimes, &args.tags, function) else {
            self.unclear_tags |= !args.tags.is_absent();
            return;
        };
        if let Ok(template) = PatternTemplate::parse(&keeper.text.value) {
            self.named.push(Named {
                text: keeper.text.clone(),
                template,
                what: What::Update,
            });
        }
        self.keepers.push(Keeper {
            is_conditional,
            ..keeper
        });
    }

    fn invalidates(&mut self, args: &InvalidatesArgs) {
        // A key of a keyspace is held against that.
        let keys = args.patterns.given.iter().filter_map(|given| match given {
            Content::Text(text) => Some((text, What::Pattern)),
            Content::Keyed(_) => None,
        });
        let tags = args.tags.literals.iter().map(|text| (text, What::Tag));
        for (literal, what) in keys.chain(tags) {
            let text = Text::new(literal.clone());
            if let Ok(template) = PatternTemplate::parse(&text.value) {
                self.named.push(Named {
                    text,
                    template,
                    what,
                });
            }
        }
    }
}

/// `None` where its key can't be read.
fn keeper(
    key: Option<Content>,
    lifetimes: Lifetimes,
    tags: &Texts,
    function: &Function,
) -> Option<Keeper> {
    let Content::Text(text) = key? else {
        return None;
    };
    let text = Text::new(text);
    let template = Template::parse(&text.value).ok()?;
    let tags = tags.literals.iter().map(LitStr::value);
    Some(Keeper {
        function: function.name(),
        is_cached: false,
        text,
        template,
        stored: stored(function.output()?).clone(),
        ttl: lifetimes.ttl.into_given(),
        tags: tags
            .filter_map(|tag| Template::parse_tag(&tag).ok())
            .collect(),
        is_conditional: false,
    })
}
