//! Whatever an attribute is given and whatever it is on, tokens come out.
#![no_main]

extern crate proc_macro;

// The modules of the macros, as if they were of this crate.
include!(concat!(env!("OUT_DIR"), "/macros.rs"));

use libfuzzer_sys::fuzz_target;
use proc_macro2::TokenStream;

use crate::option::Attribute;

/// Where an input has no item of its own.
const ITEM: &str = "async fn list(&self, user_id: u64, mut status: Option<&str>, pair: (u8, u8)) -> Result<Rows, Error> { self.0.list(user_id, status).await }";

fuzz_target!(|input: &str| {
    let (args, item) = input.split_once('\n').unwrap_or((input, ITEM));
    let (Ok(args), Ok(item)) = (args.parse::<TokenStream>(), item.parse::<TokenStream>()) else {
        return;
    };
    for output in [
        pipeline::cached(args.clone(), &item),
        pipeline::mutator(Attribute::Invalidates, args.clone(), &item),
        pipeline::mutator(Attribute::Updates, args.clone(), &item),
        relations::coherent(args.clone(), &item),
        by_hand::key(args.clone()),
        by_hand::pattern(args.clone()),
        keyspace::expand(args.clone()),
        keyed::expand(args),
    ] {
        // What is told or written is tokens that the compiler can read again.
        assert!(output.to_string().parse::<TokenStream>().is_ok());
    }
});
