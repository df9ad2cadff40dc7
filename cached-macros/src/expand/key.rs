//! Keys and patterns as statements that write them, piece by piece.

use cached_key::Tail;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::{Runtime, keyed, site};
use crate::plan::{Filled, KeyedCall, Named, Pattern, Piece, Target, Value};

/// Statements that write a key with the writer that is called `key`.
pub(super) fn pieces(pieces: &[Piece], rt: &Runtime) -> TokenStream {
    written(pieces, rt, |value| part(value, rt))
}

fn written(pieces: &[Piece], rt: &Runtime, part: impl Fn(&Value) -> TokenStream) -> TokenStream {
    let statements = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => mixed!(key.text(#text);),
        Piece::Value(value) | Piece::Hole(value) => {
            let span = blamed(value);
            let (rt, part, allow) = (rt.at(span), part(value), allow(value));
            let key = mixed!(key);
            quote_spanned!(span=> #allow #rt::write(#key, #part);)
        }
        Piece::AnySegment => TokenStream::new(),
    });
    statements.collect()
}

/// A closure that writes a key or a tag.
pub(super) fn render(text: &Filled, runtime: &Runtime) -> TokenStream {
    match text {
        Filled::Text { pieces, .. } => writer(&self::pieces(pieces, runtime), runtime),
        Filled::Keyed(call) => keyed::key(call, runtime),
    }
}

/// The same for the key of a look-up, and statements to stand before it that take the plain parameters.
pub(super) fn render_at_once(text: &Filled, runtime: &Runtime) -> (TokenStream, TokenStream) {
    let Filled::Text { pieces, .. } = text else {
        return (TokenStream::new(), render(text, runtime));
    };
    let taken = pieces.iter().filter_map(taken).collect();
    let statements = written(pieces, runtime, |value| match own(value) {
        Some(own) => mixed!(&#own),
        None => part(value, runtime),
    });
    (taken, writer(&statements, runtime))
}

fn writer(statements: &TokenStream, runtime: &Runtime) -> TokenStream {
    let rt = runtime.here();
    mixed!(|key: &mut #rt::KeyWriter<'_>| { #statements })
}

/// A statement that takes a plain parameter into a variable of its own.
///
/// The compiler has put all parameters from where the caller wrote them to where they are while the function waits, several in
/// one go. It takes a while until one can be read from there. What is taken before anything is called, it reads from where it was.
fn taken(piece: &Piece) -> Option<TokenStream> {
    let Piece::Value(value) = piece else {
        return None;
    };
    let (own, root, allow) = (own(value)?, &value.root, allow(value));
    Some(mixed!(#allow let #own = #root;))
}

fn own(value: &Value) -> Option<Ident> {
    let own = format_ident!("own_{}", value.root, span = Span::mixed_site());
    value.plain.then_some(own)
}

/// The template, as a constant expression.
pub(super) fn template(text: &Filled) -> TokenStream {
    match text {
        Filled::Text { template, .. } => mixed!(#template),
        Filled::Keyed(call) => keyed::template(call),
    }
}

/// Statements that draft what is invalidated.
pub(super) fn draft(target: &Target, runtime: &Runtime) -> TokenStream {
    let rt = runtime.here();
    let on = if target.only_on_ok {
        mixed!(#rt::On::Ok)
    } else {
        mixed!(#rt::On::Always)
    };
    let begin = if target.of_tags {
        mixed!(patterns.begin_tag(#on);)
    } else {
        mixed!(patterns.begin(#on);)
    };
    match &target.named {
        Named::Pattern(pattern) => drafted(pattern, &begin, runtime),
        Named::Keyed(call) => {
            let draft = keyed::draft(call, runtime);
            mixed!(#begin #draft)
        }
    }
}

/// The pattern in words, as a constant expression.
pub(super) fn pattern(named: &Named, runtime: &Runtime) -> TokenStream {
    match named {
        Named::Pattern(Pattern { text, .. }) => mixed!(#text),
        Named::Keyed(call) => keyed::pattern(call, runtime),
    }
}

fn drafted(pattern: &Pattern, begin: &TokenStream, rt: &Runtime) -> TokenStream {
    let statements = pattern.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => mixed!(patterns.text(#text);),
        Piece::Value(value) => {
            let part = part(value, rt);
            let allow = allow(value);
            quote_spanned!(blamed(value)=> #allow patterns.write(#part);)
        }
        Piece::Hole(_) => mixed!(patterns.hole();),
        Piece::AnySegment => mixed!(patterns.any();),
    });
    let tail = tail(pattern.tail);
    let rt = rt.here();
    mixed! {
        #begin
        #(#statements)*
        patterns.end(#rt::Tail::#tail);
    }
}

/// The name of its variant.
pub(crate) fn tail(tail: Tail) -> TokenStream {
    match tail {
        Tail::Exact => mixed!(Exact),
        Tail::Below => mixed!(Below),
        Tail::AtOrBelow => mixed!(AtOrBelow),
        Tail::Continues => mixed!(Continues),
    }
}

/// The name is the user's own token, so clippy takes its use for the user's.
fn allow(value: &Value) -> Option<TokenStream> {
    allow_underscore(&value.root)
}

pub(super) fn allow_underscore(name: &Ident) -> Option<TokenStream> {
    let underscore = name.to_string().starts_with('_');
    underscore.then(|| mixed!(#[allow(clippy::used_underscore_binding)]))
}

/// Where a value is complained about. One that is plain never is, and an editor would take all that stands at a parameter for
/// something to show there.
fn blamed(value: &Value) -> Span {
    if value.plain {
        Span::mixed_site()
    } else {
        site(value.blame)
    }
}

/// The value in the form in which it goes into keys, decided by its type.
pub(super) fn part(value: &Value, rt: &Runtime) -> TokenStream {
    let Value {
        root,
        fields,
        plain,
        ..
    } = value;
    let span = blamed(value);
    if *plain {
        return quote_spanned!(span=> &#root);
    }
    let rt = rt.at(span);
    quote_spanned! {span=>
        { use #rt::part::*; (&&&&&#rt::Value(&#root #(.#fields)*)).part() }
    }
}

/// `key!`
pub(crate) fn by_hand(key: &[Piece], rt: &Runtime) -> TokenStream {
    let write = writer(&pieces(key, rt), rt);
    let rt = rt.here();
    mixed!(#rt::key(#write))
}

/// `pattern!`
pub(crate) fn by_hand_pattern(pattern: &Pattern, rt: &Runtime) -> TokenStream {
    let here = rt.here();
    let draft = drafted(pattern, &mixed!(patterns.begin(#here::On::Always);), rt);
    let rt = here;
    mixed!(#rt::pattern(|patterns: &mut #rt::Drafts| { #draft }))
}

/// `pattern!` of a key of a keyspace.
pub(crate) fn by_hand_keyed(call: &KeyedCall, runtime: &Runtime) -> TokenStream {
    let (draft, rt) = (keyed::draft(call, runtime), runtime.here());
    mixed! {
        #rt::pattern(|patterns: &mut #rt::Drafts| {
            patterns.begin(#rt::On::Always);
            #draft
        })
    }
}
