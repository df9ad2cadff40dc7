//! What kind of function an attribute goes on.

use syn::{Receiver, ReceiverKind, ReturnType, Safety, Type};

use super::returns;
use crate::function::{Function, Param};
use crate::option::Attribute;
use crate::plan::Shape;
use crate::report::{Errors, Report};
use crate::spelling::{boxed_output, last_segment, peel, writes};

pub(super) fn cached(function: &Function, errors: &mut Errors) {
    qualifiers(function, Attribute::Cached, errors);
    if let Some(receiver) = function.receiver() {
        errors_of_receiver(receiver, errors);
    }
    for param in &function.params {
        if let Param::Named { ident, ty, .. } = param
            && writes(ty)
        {
            let headline = format!("`{ident}` can't be cached: the fn writes through it");
            errors.push(Report::over(ty, headline).help("return the value"));
        }
    }
    if is_future(function, Attribute::Cached, errors) {
        returns::check(function, "cache", errors);
    }
}

/// `stores`: what the function returns is to be stored.
pub(super) fn mutator(
    function: &Function,
    attribute: Attribute,
    stores: bool,
    errors: &mut Errors,
) {
    qualifiers(function, attribute, errors);
    if is_future(function, attribute, errors) {
        if stores {
            returns::check(function, "store", errors);
            returns::check_stored(function, errors);
        } else {
            returns::check_named(function, errors);
        }
    }
}

fn qualifiers(function: &Function, attribute: Attribute, errors: &mut Errors) {
    let sig = &function.sig;
    let refused = |kind: &str| format!("{} can't be used on {kind}", attribute.display());
    let plain = format!("write `async fn {}`", sig.ident);
    let around = format!(
        "put {} on an `async fn` that calls this one",
        attribute.display()
    );
    if let Some(constness) = &sig.constness {
        errors.push(Report::over(constness, refused("a `const fn`")).help(plain.as_str()));
    }
    if let Safety::Unsafe(unsafety) = &sig.safety {
        errors.push(Report::over(unsafety, refused("an `unsafe fn`")).help(around.as_str()));
    }
    if let Some(abi) = &sig.abi {
        errors.push(Report::over(abi, refused("an `extern fn`")).help(plain));
    }
    if let Some(variadic) = &sig.variadic {
        errors.push(Report::over(&variadic.dots, refused("a variadic fn")).help(around));
    }
}

/// Says what is in the way of awaiting the function; false where its return type says nothing about the value.
fn is_future(function: &Function, attribute: Attribute, errors: &mut Errors) -> bool {
    let sig = &function.sig;
    if !matches!(function.shape, Shape::Plain) || sig.constness.is_some() || sig.abi.is_some() {
        return true;
    }
    let name = attribute.display();
    if let ReturnType::Type(_, ty) = &sig.output {
        if let Some((ident, _)) = last_segment(ty)
            && ["BoxFuture", "LocalBoxFuture"]
                .iter()
                .any(|alias| ident == alias)
        {
            errors.push(
                Report::over(ty, format!("{name} can't see the value inside `{ident}`"))
                    .help(format!("put {name} on the `async fn`")),
            );
            return false;
        }
        if returns::has_bound(ty, "Future") || boxed_output(ty).is_some() {
            errors.push(
                Report::over(ty, "write this as an `async fn`").help(format!(
                    "`async fn {}`, returning what is awaited",
                    sig.ident
                )),
            );
            return false;
        }
        if returns::is_stream(ty) {
            return true;
        }
    }
    errors.push(
        Report::over(&sig.fn_token, format!("{name} needs an `async fn`"))
            .help(format!("write `async fn {}`", sig.ident)),
    );
    true
}

fn errors_of_receiver(receiver: &Receiver, errors: &mut Errors) {
    let changes = |report: Report| {
        report
            .help("`&self`")
            .note("on a hit the body does not run")
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(_)) => {
            errors.push(changes(Report::over(
                receiver,
                "a cached method can't change `self`",
            )));
        }
        ReceiverKind::Reference(_, _, None) => {}
        ReceiverKind::Typed(_, ty) if writes(ty) => {
            errors.push(changes(Report::over(
                receiver,
                "a cached method can't change `self`",
            )));
        }
        ReceiverKind::Typed(_, ty) if is_shared(ty) => {}
        _ => errors.push(
            Report::over(
                &receiver.self_token,
                "`self` would be used up by the first call",
            )
            .help("`&self`"),
        ),
    }
}

/// `&Self`, `Arc<Self>` and what stands for them.
fn is_shared(ty: &Type) -> bool {
    match (peel(ty), last_segment(ty)) {
        (Type::Reference(_), _) => true,
        (_, Some((ident, _))) if ident == "Arc" || ident == "Rc" => true,
        (_, Some((ident, arguments))) if ident == "Pin" => {
            arguments.first().is_some_and(|inner| is_shared(inner))
        }
        _ => false,
    }
}
