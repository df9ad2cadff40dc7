//! What the macro of a keyspace hands on: a key's template together with the function or the macro that names the key.
//!
//! A macro sees nothing but its own input, so an attribute that names `conversations::by_user` can't know what that is.
//! It expands to `conversations::keyspace! { by_user … }` instead, in the one place where the key is written; that macro
//! adds the template and hands everything to `keyed!`, which says what is wrong, or writes the key.

mod call;
mod check;
mod expand;
mod fill;
mod pattern;
mod values;
mod within;

use proc_macro2::TokenStream;
use quote::quote;

use self::call::{Asked, Call, Declared};
use crate::report::Errors;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let asked = match call::parse(input) {
        Ok(asked) => asked,
        Err(error) => return error.to_compile_error(),
    };
    match asked {
        Asked::Within(within) => within::check(&within).into_tokens(),
        Asked::Key(call) => key(&call),
    }
}

fn key(call: &Call) -> TokenStream {
    let mut errors = Errors::default();
    let filled = match &call.declared {
        Declared::Key(declared) => check::check(call, declared, &mut errors),
        Declared::Unknown { name, known } => {
            errors.push(check::unknown(call, name, known));
            None
        }
        // Its faults are told where it is declared.
        Declared::Faulty => None,
    };
    let expanded = expand::expand(call, filled.as_ref());
    // Of what is asked about one key, one answer tells what is wrong.
    if errors.is_empty() || !call.what.tells() {
        return expanded;
    }
    let errors = errors.into_tokens();
    if call.what.is_item() {
        errors
    } else {
        quote!({ #errors #expanded })
    }
}
