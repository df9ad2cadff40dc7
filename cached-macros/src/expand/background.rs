//! A body that owns all it works on: what it borrows of its call is cloned before it, and lent to it inside.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote_spanned;

use super::{Runtime, key, site};
use crate::format;
use crate::plan::{Background, Form, Taken};

/// `self` as it is called inside; nothing can be bound to the word itself.
const SELF: &str = "__self";

/// Statements that take all along, for before the body.
pub(super) fn take(background: &Background, runtime: &Runtime) -> TokenStream {
    let receiver = background.receiver.iter().map(|taken| {
        let span = site(taken.blame);
        let (rt, own, name) = (runtime.at(span), own(taken), &taken.name);
        match taken.form {
            Form::Value => quote_spanned!(span=> let #own = #rt::own_receiver(&#name);),
            Form::Reference | Form::OptionalReference => {
                quote_spanned!(span=> let #own = #rt::own_receiver(&*#name);)
            }
        }
    });
    let params = background.params.iter().map(|taken| {
        let span = site(taken.blame);
        let (rt, own, name) = (runtime.at(span), own(taken), &taken.name);
        let value = match taken.form {
            // Else the `mut` in front of the parameter would count as unused.
            _ if taken.mutable => quote_spanned!(span=> *&mut #name),
            Form::Reference => quote_spanned!(span=> &*#name),
            // Not the name itself: the compiler would propose to borrow that.
            Form::OptionalReference | Form::Value => quote_spanned!(span=> { #name }),
        };
        let allow = key::allow_underscore(name);
        let statement = match taken.form {
            Form::Value => quote_spanned!(span=> #rt::own_argument(&#name);),
            Form::Reference => quote_spanned!(span=> let #own = #rt::own_borrowed(#value);),
            Form::OptionalReference => {
                quote_spanned!(span=> let #own = #rt::own_optional(#value);)
            }
        };
        mixed!(#allow #statement)
    });
    receiver.chain(params).collect()
}

/// Statements that lend it to the body, for inside.
pub(super) fn lend(background: &Background, runtime: &Runtime) -> TokenStream {
    let rt = runtime.here();
    let receiver = background.receiver.iter().map(|taken| {
        let (own, name) = (own(taken), Ident::new(SELF, taken.name.span()));
        match taken.form {
            Form::Value => mixed!(let #name = #own;),
            Form::Reference | Form::OptionalReference => mixed!(let #name = &#own;),
        }
    });
    let params = background.params.iter().map(|taken| {
        let (own, name) = (own(taken), &taken.name);
        let mutability = taken.mutable.then(|| mixed!(mut));
        let lent = match taken.form {
            // The body takes it by itself.
            Form::Value => return TokenStream::new(),
            Form::Reference => mixed!(#rt::lend(&#own)),
            Form::OptionalReference => mixed!(#rt::lend_optional(&#own)),
        };
        mixed! {
            #[allow(unused_variables, unused_mut)]
            let #mutability #name = #lent;
        }
    });
    receiver.chain(params).collect()
}

fn own(taken: &Taken) -> Ident {
    let name = match taken.name.to_string().as_str() {
        "self" => "this".to_owned(),
        name => name.trim_start_matches("r#").to_owned(),
    };
    Ident::new(&format!("__{name}"), proc_macro2::Span::mixed_site())
}

/// The body with another word for its `self`. Items in it have a `self` of their own.
pub(super) fn rename_self(body: TokenStream) -> TokenStream {
    let mut renamed = TokenStream::new();
    let mut tokens = body.into_iter().peekable();
    let mut after_pub = false;
    let mut of_macro = None;
    while let Some(token) = tokens.next() {
        let is_pub = matches!(&token, TokenTree::Ident(word) if word == "pub");
        let before = of_macro.take();
        of_macro = match &token {
            TokenTree::Ident(word) if is_sign(tokens.peek(), '!') => Some(word.clone()),
            TokenTree::Punct(_) if is_sign(Some(&token), '!') => before.clone(),
            _ => None,
        };
        match token {
            TokenTree::Ident(word) if word == "self" => {
                // `self::function`
                let path = is_sign(tokens.peek(), ':') && {
                    let mut ahead = tokens.clone();
                    ahead.next();
                    is_sign(ahead.peek(), ':')
                };
                let word = if path {
                    word
                } else {
                    Ident::new(SELF, word.span())
                };
                renamed.extend([TokenTree::from(word)]);
            }
            TokenTree::Ident(word) => {
                let ends = item(&word, tokens.peek());
                renamed.extend([TokenTree::from(word)]);
                if let Some(end) = ends {
                    skip(&mut tokens, end, &mut renamed);
                }
            }
            TokenTree::Group(group) if !after_pub => {
                let named = before.and_then(|name| format::naming_self(&name, &group.stream()));
                let mut arguments = rename_self(group.stream());
                if named.is_some() {
                    // In the text itself nothing can be renamed without its losing its place.
                    let comma = arguments.clone().into_iter().last();
                    let comma = comma.is_none_or(|last| !format::is_comma(&last));
                    let comma = comma.then(|| mixed!(,));
                    let own = Ident::new(SELF, group.span());
                    arguments.extend(mixed!(#comma self = #own));
                }
                let mut inner = Group::new(group.delimiter(), arguments);
                inner.set_span(group.span());
                renamed.extend([TokenTree::from(inner)]);
            }
            other => renamed.extend([other]),
        }
        after_pub = is_pub;
    }
    renamed
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Semicolon,
    Braces,
}

/// How the item ends that begins with this word, if one does.
fn item(word: &Ident, next: Option<&TokenTree>) -> Option<End> {
    match word.to_string().as_str() {
        "use" => Some(End::Semicolon),
        "impl" | "trait" | "mod" => Some(End::Braces),
        "fn" if matches!(next, Some(TokenTree::Ident(_))) => Some(End::Braces),
        _ => None,
    }
}

/// Copies what is left of an item.
fn skip(
    tokens: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>,
    end: End,
    renamed: &mut TokenStream,
) {
    while let Some(token) = tokens.next() {
        let semicolon = is_sign(Some(&token), ';');
        let braces =
            matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        renamed.extend([token]);
        // `impl Of<{ N }> for X`
        let in_brackets = is_sign(tokens.peek(), '>') || is_sign(tokens.peek(), ',');
        if semicolon || (end == End::Braces && braces && !in_brackets) {
            return;
        }
    }
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}
