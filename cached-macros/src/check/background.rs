//! What a body can take along into a task of its own, as far as the types' spelling shows it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{
    Lifetime, ParenthesizedGenericArguments, Receiver, ReceiverKind, TraitBound, Type, TypeFnPtr,
    TypeReference,
};

use crate::attr::CachedArgs;
use crate::format;
use crate::function::{Binding, Function, Param};
use crate::plan::{Background, Form, Taken};
use crate::report::{Errors, Report};
use crate::spelling::{last_segment, peel};

pub(super) fn check(
    args: &CachedArgs,
    function: &Function,
    errors: &mut Errors,
) -> Option<Background> {
    let option = args.background?;
    let lifetimes = &args.lifetimes;
    if lifetimes.stale_while_revalidate.is_absent()
        && lifetimes.refresh_ahead.is_absent()
        && lifetimes.policy.is_absent()
    {
        errors.push(
            Report::at(option, "`background` has nothing to refresh")
                .help("add `stale_while_revalidate = \"1m\"` or `refresh_ahead = \"80%\"`")
                .help("or remove `background`"),
        );
    }
    let receiver = function
        .receiver()
        .and_then(|taken| receiver(taken, errors));
    if receiver.is_some() {
        texts(function.body.stream(), false, errors);
    }
    let params = function
        .params
        .iter()
        .filter_map(|param| self::param(param, errors));
    Some(Background {
        params: params.collect(),
        receiver,
    })
}

fn receiver(receiver: &Receiver, errors: &mut Errors) -> Option<Taken> {
    let token = receiver.self_token;
    let form = match &receiver.kind {
        ReceiverKind::Reference(..) => Form::Reference,
        ReceiverKind::Typed(_, ty) => match peel(ty) {
            Type::Reference(reference) if !is_local(&reference.elem) => Form::Reference,
            other if is_local(other) || borrows(other) => {
                errors.push(
                    Report::over(ty, "`background` can't take `self` along")
                        .help("`&self`, or `self: Arc<Self>`")
                        .note("a refresh in a task of its own may outlive the call"),
                );
                return None;
            }
            _ => Form::Value,
        },
        // Refused for every cached method.
        _ => return None,
    };
    Some(Taken {
        name: Ident::new("self", token.span),
        mutable: false,
        form,
        blame: token.span,
    })
}

/// `Rc`, or in a `Pin`.
fn is_local(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|(ident, arguments)| {
        ident == "Rc" || (ident == "Pin" && arguments.iter().any(|inner| is_local(inner)))
    })
}

fn param(param: &Param, errors: &mut Errors) -> Option<Taken> {
    // The others are refused for every cached function.
    let Param::Named { ident, ty, binding } = param else {
        return None;
    };
    let (form, owned) = form(ty);
    if borrows(owned) || *binding == Binding::Ref {
        errors.push(
            Report::over(ty, format!("`background` can't take `{ident}` along"))
                .help("take it owned, as `&T`, or as `Option<&T>`")
                .note("a refresh in a task of its own may outlive what the call borrows"),
        );
        return None;
    }
    Some(Taken {
        name: ident.clone(),
        mutable: *binding == Binding::Mut,
        form,
        blame: ty.span(),
    })
}

/// How a parameter is taken along, and the type that must then borrow nothing.
fn form(ty: &Type) -> (Form, &Type) {
    if let Some(behind) = behind(ty) {
        return (Form::Reference, behind);
    }
    if let Some((ident, arguments)) = last_segment(ty)
        && ident == "Option"
        && let Some(behind) = arguments.first().and_then(|inner| behind(inner))
    {
        return (Form::OptionalReference, behind);
    }
    (Form::Value, ty)
}

/// What a reference that lives too short points to.
fn behind(ty: &Type) -> Option<&Type> {
    match peel(ty) {
        Type::Reference(reference) if !is_static(reference.lifetime.as_ref()) => {
            Some(&reference.elem)
        }
        _ => None,
    }
}

fn is_static(lifetime: Option<&Lifetime>) -> bool {
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

fn borrows(ty: &Type) -> bool {
    struct Borrows(bool);
    impl<'ast> Visit<'ast> for Borrows {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if is_static(reference.lifetime.as_ref()) {
                self.visit_type(&reference.elem);
            } else {
                self.0 = true;
            }
        }

        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0 |= lifetime.ident != "static";
        }

        // What a function takes or gives back is no part of the value.
        fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}
        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast ParenthesizedGenericArguments,
        ) {
        }

        fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
            if bound.lifetimes.is_none() {
                visit::visit_trait_bound(self, bound);
            }
        }
    }
    let mut visitor = Borrows(false);
    visitor.visit_type(ty);
    visitor.0
}

/// What the name of the receiver is replaced by, a text can only follow where it is a format string.
fn texts(body: TokenStream, in_macro: bool, errors: &mut Errors) {
    let mut name = None;
    let mut after_bang = false;
    for token in body {
        match token {
            TokenTree::Group(group) if after_bang => {
                let followed = name
                    .as_ref()
                    .and_then(|name| format::naming_self(name, &group.stream()));
                let rest = group.stream().into_iter().enumerate();
                let rest = rest.filter(|(index, _)| Some(*index) != followed);
                texts(rest.map(|(_, token)| token).collect(), true, errors);
            }
            TokenTree::Group(group) => texts(group.stream(), in_macro, errors),
            TokenTree::Literal(literal) if in_macro && format::names_self(&literal) => {
                errors.push(
                    Report::over(&literal, "`background` can't see the `self` in this text")
                        .help("`{}` in the text, and `self` after it"),
                );
            }
            TokenTree::Punct(punct) => {
                after_bang = punct.as_char() == '!';
                continue;
            }
            TokenTree::Ident(ident) => name = Some(ident),
            TokenTree::Literal(_) => {}
        }
        after_bang = false;
    }
}
