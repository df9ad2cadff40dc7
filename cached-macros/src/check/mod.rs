//! Arguments and function together become a plan, or faults: the only place that says no.

mod background;
mod filled;
mod key;
mod keyed;
mod lifetimes;
mod mutator;
mod patterns;
mod placeholder;
mod returns;
mod signature;

use cached_key::Subject;

pub(crate) use self::keyed::{keys_of_cached, keys_of_mutator};
use self::lifetimes::Needs;
pub(crate) use self::mutator::mutator;
use crate::attr::{self, CachedArgs, Content};
use crate::function::Function;
use crate::literal::Text;
use crate::option::Attribute;
use crate::plan::{Cached, Filled, Place, Wrapped};
use crate::report::Errors;
use crate::spelling::written;

pub(crate) fn cached(
    args: CachedArgs,
    function: Option<Function>,
    errors: &mut Errors,
) -> Option<Cached> {
    let text = match args.key.given() {
        Some(Content::Text(literal)) => Some(Text::new(literal.clone())),
        Some(Content::Keyed(_)) | None => None,
    };
    let example = function
        .as_ref()
        .map(|function| filled::example(function, &[]))
        .unwrap_or_default();
    let template = text
        .as_ref()
        .and_then(|text| filled::parse(text, Subject::Key, function.as_ref(), &example, errors));
    let tags = args.tags.literals.iter().cloned().map(Text::new);
    let tags: Vec<_> = tags.collect();
    let tags = filled::tags(&tags, function.as_ref(), Attribute::Cached, errors);
    lifetimes::order(&args.lifetimes, errors);
    // Without a function there is no telling what its key would be.
    let function = function?;
    let needs = Needs {
        attribute: Attribute::Cached,
        at: &attr::here(),
        empty: args.empty,
        has_key: !args.key.is_absent(),
        lifetimes: &args.lifetimes,
        skip: &args.skip,
    };
    lifetimes::missing(&needs, &function, errors);
    signature::cached(&function, errors);

    let sound = text.as_ref().zip(template.as_ref());
    let pieces = key::check(&args, sound, &function, errors);
    let background = background::check(&args, &function, errors);
    let key = match args.key.given()? {
        Content::Text(_) => Filled::Text {
            template: text?.value,
            pieces,
        },
        Content::Keyed(keyed) => {
            Filled::Keyed(keyed::call(keyed, Attribute::Cached, &function, &args.skip))
        }
    };
    let policy = lifetimes::policy(&args.lifetimes)?;
    let output = returns::output(&function);
    errors.is_empty().then(|| Cached {
        value: written(&output),
        function: wrapped(function, output),
        place: Place {
            runtime: args.runtime.into_given(),
            caches: args.caches.into_given(),
        },
        key,
        tags,
        policy,
        store_if: args.store_if.into_given(),
        timeout: lifetimes::given(&args.timeout),
        background,
    })
}

fn wrapped(function: Function, output: syn::Type) -> Wrapped {
    Wrapped {
        name: function.name(),
        head: function.head,
        body: function.body,
        shape: function.shape,
        output,
    }
}

/// What the parameters are called, for notes.
fn parameters(function: &Function) -> String {
    let names: Vec<_> = function.names().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        format!("`{}` has no named parameters", function.name())
    } else {
        format!("parameters of `{}`: {}", function.name(), names.join(", "))
    }
}
