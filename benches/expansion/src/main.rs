//! How long the attributes take to read a function and to write what becomes of it, measured without the compiler.
//!
//! Prints a line for each shape: its name, and microseconds a function, of each of the rounds.
#![expect(clippy::print_stdout, reason = "that is its answer")]

extern crate proc_macro;

#[path = "../../../cached-macros/src/attr/mod.rs"]
mod attr;
#[path = "../../../cached-macros/src/by_hand.rs"]
mod by_hand;
#[path = "../../../cached-macros/src/check/mod.rs"]
mod check;
#[path = "../../../cached-macros/src/duration.rs"]
mod duration;
#[path = "../../../cached-macros/src/expand/mod.rs"]
mod expand;
#[path = "../../../cached-macros/src/format.rs"]
mod format;
#[path = "../../../cached-macros/src/function.rs"]
mod function;
#[path = "../../../cached-macros/src/literal.rs"]
mod literal;
#[path = "../../../cached-macros/src/option.rs"]
mod option;
#[path = "../../../cached-macros/src/pipeline.rs"]
mod pipeline;
#[path = "../../../cached-macros/src/plan.rs"]
mod plan;
#[path = "../../../cached-macros/src/relations/mod.rs"]
mod relations;
#[path = "../../../cached-macros/src/report.rs"]
mod report;
#[path = "../../../cached-macros/src/shape.rs"]
mod shape;
#[path = "../../../cached-macros/src/siblings.rs"]
mod siblings;
#[path = "../../../cached-macros/src/spelling.rs"]
mod spelling;

mod functions;

use std::{hint::black_box, time::Instant};

use crate::functions::{SHAPES, written};

const FUNCTIONS: u32 = 100;
const ROUNDS: u32 = 15;

fn main() {
    for shape in SHAPES {
        let functions: Vec<_> = (0..FUNCTIONS).map(|n| written(shape, n)).collect();
        let rounds = (0..ROUNDS).map(|_| {
            let functions = functions.clone();
            let begun = Instant::now();
            for (arguments, item) in functions {
                black_box((shape.expand)(arguments, &item));
            }
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(FUNCTIONS)
        });
        let rounds: Vec<_> = rounds.map(|each| format!("{each:.1}")).collect();
        println!("{}\t{}", shape.name, rounds.join(" "));
    }
}
