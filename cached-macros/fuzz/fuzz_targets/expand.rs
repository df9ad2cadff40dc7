//! Whatever an attribute is given and whatever it is on, tokens come out.
#![no_main]

extern crate proc_macro;

#[path = "../../src/attr/mod.rs"]
mod attr;
#[path = "../../src/by_hand.rs"]
mod by_hand;
#[path = "../../src/check/mod.rs"]
mod check;
#[path = "../../src/duration.rs"]
mod duration;
#[path = "../../src/expand/mod.rs"]
mod expand;
#[path = "../../src/format.rs"]
mod format;
#[path = "../../src/function.rs"]
mod function;
#[path = "../../src/literal.rs"]
mod literal;
#[path = "../../src/option.rs"]
mod option;
#[path = "../../src/pipeline.rs"]
mod pipeline;
#[path = "../../src/plan.rs"]
mod plan;
#[path = "../../src/relations/mod.rs"]
mod relations;
#[path = "../../src/report.rs"]
mod report;
#[path = "../../src/shape.rs"]
mod shape;
#[path = "../../src/siblings.rs"]
mod siblings;
#[path = "../../src/spelling.rs"]
mod spelling;

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
        by_hand::pattern(args),
    ] {
        // What is told or written is tokens that the compiler can read again.
        assert!(output.to_string().parse::<TokenStream>().is_ok());
    }
});
