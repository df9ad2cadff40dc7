//! How tokens are written: `quote!`, with names that are the macros' own.

/// Tokens whose local names nobody else sees.
macro_rules! mixed {
    ($($tokens:tt)*) => {
        quote::quote_spanned!(proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
