//! The policy as a constant expression; what is wrong with a constant is found while it is evaluated.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Runtime, site};
use crate::plan::{Base, Lifetime, Policy};

pub(super) fn expand(policy: &Policy, rt: &Runtime) -> TokenStream {
    let mut tokens = match &policy.base {
        Base::Ttl(ttl) => {
            let (span, duration) = (span(ttl), duration(ttl));
            let rt = rt.at(span);
            quote_spanned!(span=> #rt::Policy::new(#duration))
        }
        Base::Constant { policy, ttl } => {
            let base = quote_spanned!(site(policy.span())=> #policy);
            let ttl = ttl.as_ref().map(|ttl| setter("ttl", ttl));
            mixed!(#base #ttl)
        }
    };
    tokens.extend(policy.tti.as_ref().map(|tti| setter("tti", tti)));
    tokens.extend(
        policy
            .none_ttl
            .as_ref()
            .map(|none_ttl| setter("none_ttl", none_ttl)),
    );
    tokens.extend(policy.jitter.map(|percent| mixed!(.jitter(#percent))));
    tokens
}

fn setter(name: &str, lifetime: &Lifetime) -> TokenStream {
    let (span, duration) = (span(lifetime), duration(lifetime));
    let name = Ident::new(name, span);
    quote_spanned!(span=> .#name(#duration))
}

fn span(lifetime: &Lifetime) -> Span {
    match lifetime {
        Lifetime::Millis(_) => Span::mixed_site(),
        Lifetime::Constant(path) => site(path.span()),
    }
}

fn duration(lifetime: &Lifetime) -> TokenStream {
    match lifetime {
        Lifetime::Millis(millis) => mixed!(::core::time::Duration::from_millis(#millis)),
        Lifetime::Constant(path) => path.to_token_stream(),
    }
}
