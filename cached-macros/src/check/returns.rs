//! Return types that no cache can keep, as far as their spelling shows it.

use syn::visit::{self, Visit};
use syn::{
    GenericParam, Lifetime, ParenthesizedGenericArguments, TraitBound, Type, TypeFnPtr,
    TypeImplTrait, TypeParamBound, TypePath, TypeReference, parse_quote,
};

use crate::function::Function;
use crate::report::{Errors, Report};
use crate::spelling::{bounds, last_segment, peel, written};

/// What to do where nothing is returned that could be stored.
const WITHOUT_VALUE: &str = "return the value, or use `#[invalidates]`";

/// What a call gives once it is awaited.
pub(super) fn output(function: &Function) -> Type {
    function
        .output()
        .cloned()
        .unwrap_or_else(|| parse_quote!(()))
}

pub(super) fn is_nothing(function: &Function) -> bool {
    function.output().is_none_or(|ty| is_unit(peel(ty)))
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// The return type of a function whose value is kept; `purpose` is what for.
pub(super) fn check(function: &Function, purpose: &str, errors: &mut Errors) {
    if is_nothing(function) {
        let headline = format!("`{}` returns nothing to {purpose}", function.name());
        let report = Report::at(function.sig.ident.span(), headline);
        errors.push(if purpose == "store" {
            report.help(WITHOUT_VALUE)
        } else {
            report.help("return the value, or remove `#[cached]`")
        });
        return;
    }
    let Some(ty) = function.output() else {
        return;
    };
    if let Type::Never(never) = peel(ty) {
        errors.push(
            Report::over(never, format!("`{}` never returns", function.name()))
                .note("what a call returns is stored, so there would be nothing to store"),
        );
        return;
    }
    let generics = function
        .sig
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.to_string()),
            _ => None,
        });
    let mut visitor = Borrowed {
        generics: generics.collect(),
        errors,
    };
    visitor.visit_type(ty);
}

/// Where `Ok(())` is all there is to store, it is not what the key's readers want.
pub(super) fn check_stored(function: &Function, errors: &mut Errors) {
    let mut inner = function.output();
    while let Some(ty) = inner {
        let wrapped = last_segment(ty)
            .filter(|(name, _)| *name == "Result" || *name == "Option")
            .and_then(|(_, arguments)| arguments.first().copied());
        if let Some(unit) = wrapped.filter(|ty| is_unit(peel(ty))) {
            let headline = format!("`{}` returns nothing to store", function.name());
            errors.push(Report::over(unit, headline).help(WITHOUT_VALUE));
        }
        inner = wrapped;
    }
}

/// A mutator may return anything that can be named.
pub(super) fn check_named(function: &Function, errors: &mut Errors) {
    struct Opaque<'a>(&'a mut Errors);
    impl<'ast> Visit<'ast> for Opaque<'_> {
        fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
            self.0.push(
                Report::over(ty, "`#[invalidates]` needs a named return type").help("`Box<dyn …>`"),
            );
        }
    }
    if let Some(ty) = function.output() {
        Opaque(errors).visit_type(ty);
    }
}

/// `BoxStream<…>`, `impl Stream`, `dyn Stream`. A plain `Stream` is somebody's data.
pub(super) fn is_stream(ty: &Type) -> bool {
    let boxed = last_segment(ty).is_some_and(|(ident, arguments)| {
        !arguments.is_empty() && (ident == "BoxStream" || ident == "LocalBoxStream")
    });
    boxed || has_bound(ty, "Stream")
}

pub(super) fn has_bound(ty: &Type, name: &str) -> bool {
    bounds(ty).is_some_and(|bounds| {
        bounds.iter().any(|bound| match bound {
            TypeParamBound::Trait(bound) => bound
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == name),
            _ => false,
        })
    })
}

struct Borrowed<'a> {
    generics: Vec<String>,
    errors: &'a mut Errors,
}

impl<'ast> Visit<'ast> for Borrowed<'_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        if is_stream(ty) {
            self.errors.push(
                Report::over(ty, "a stream can be read only once").help("collect it into a `Vec`"),
            );
        } else {
            visit::visit_type(self, ty);
        }
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        if ty
            .lifetime
            .as_ref()
            .is_some_and(|lifetime| lifetime.ident == "static")
        {
            return self.visit_type(&ty.elem);
        }
        let owned = match peel(&ty.elem) {
            Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
            Type::Slice(slice) => format!("Vec<{}>", written(&slice.elem)),
            other => format!("Arc<{}>", written(other)),
        };
        self.errors.push(
            Report::over(ty, "a cached value must be owned, not borrowed")
                .help(format!("return `{owned}`")),
        );
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.errors.push(
            Report::over(ty, "a cached value needs a named type")
                .help("`Vec<Row>`, or `Box<dyn …>`"),
        );
    }

    fn visit_type_path(&mut self, ty: &'ast TypePath) {
        let first = ty.path.segments.first().map(|segment| &segment.ident);
        if let Some(name) = first
            && let Some(index) = self.generics.iter().position(|generic| name == generic)
        {
            self.generics.remove(index);
            let headline =
                format!("the return type names `{name}`, which differs from call to call");
            self.errors.push(
                Report::at(name.span(), headline)
                    .help("cache a concrete type, or move the generic step outside"),
            );
        }
        if ty
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Cow")
            && let Some(lifetime) = last_lifetime(ty)
        {
            let rest = last_segment(&Type::Path(ty.clone()))
                .and_then(|(_, types)| types.first().map(written));
            let rest = rest.unwrap_or_else(|| "str".to_owned());
            self.errors.push(
                Report::over(lifetime, "a cached value can't borrow")
                    .help(format!("return `Cow<'static, {rest}>` or an owned type")),
            );
            return;
        }
        visit::visit_type_path(self, ty);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.errors.push(
                Report::over(lifetime, "a cached value can't borrow").help("return an owned type"),
            );
        }
    }

    // What a function takes or gives back is no part of the value.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}

    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        if bound.lifetimes.is_none() {
            visit::visit_trait_bound(self, bound);
        }
    }
}

fn last_lifetime(ty: &TypePath) -> Option<&Lifetime> {
    let syn::PathArguments::AngleBracketed(arguments) = &ty.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Lifetime(lifetime) if lifetime.ident != "static" => Some(lifetime),
        _ => None,
    })
}
