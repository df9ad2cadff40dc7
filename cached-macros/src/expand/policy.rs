//! The policy as a constant expression; what is wrong with a constant is found while it is evaluated.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Runtime, site};
use crate::plan::{Ahead, Base, Lifetime, Policy};

pub(super) fn expand(policy: &Policy, rt: &Runtime) -> TokenStream {
    let mut tokens = match &policy.base {
        Base::Ttl(ttl) => {
            let (span, duration) = (span(ttl), duration(ttl));
            let rt = rt.at(span);
            quote_spanned!(span=> #rt::Policy::new(#duration))
        }
        Base::Constant { policy: base, ttl } => {
            let mut base = quote_spanned!(site(base.span())=> #base);
            if policy.stale_while_revalidate.is_some() && policy.stale_if_error.is_some() {
                // Set one after the other, each new one would be held against an old one.
                let rt = rt.here();
                base = mixed!(#rt::without_windows(#base));
            }
            match ttl {
                Some(ttl) => setter("ttl", &base, ttl, rt),
                None => base,
            }
        }
    };
    for (name, lifetime) in [
        ("tti", &policy.tti),
        ("none_ttl", &policy.none_ttl),
        ("stale_while_revalidate", &policy.stale_while_revalidate),
        ("stale_if_error", &policy.stale_if_error),
    ] {
        if let Some(lifetime) = lifetime {
            tokens = setter(name, &tokens, lifetime, rt);
        }
    }
    tokens.extend(policy.jitter.map(|percent| mixed!(.jitter(#percent))));
    tokens.extend(policy.refresh_ahead.map(|ahead| match ahead {
        Ahead::Percent(percent) => mixed!(.refresh_ahead(#percent)),
        Ahead::Auto => mixed!(.refresh_ahead_auto()),
    }));
    tokens
}

/// A call, not a method's: then all of it stands where the lifetime does.
fn setter(name: &str, policy: &TokenStream, lifetime: &Lifetime, rt: &Runtime) -> TokenStream {
    let (span, duration) = (span(lifetime), duration(lifetime));
    let (rt, name) = (rt.at(span), Ident::new(name, span));
    quote_spanned!(span=> #rt::Policy::#name(#policy, #duration))
}

pub(super) fn span(lifetime: &Lifetime) -> Span {
    match lifetime {
        Lifetime::Millis(_) => Span::mixed_site(),
        Lifetime::Constant(path) => site(path.span()),
    }
}

pub(super) fn duration(lifetime: &Lifetime) -> TokenStream {
    match lifetime {
        Lifetime::Millis(millis) => mixed!(::core::time::Duration::from_millis(#millis)),
        Lifetime::Constant(path) => path.to_token_stream(),
    }
}
