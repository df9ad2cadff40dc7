//! How long the attributes take to read a function and to write what becomes of it, measured without the compiler.
//!
//! Prints a line for each shape: its name, and microseconds a function, of each of the rounds.
#![expect(clippy::print_stdout, reason = "that is its answer")]
#![expect(dead_code, reason = "of the macros, what is not called here")]

extern crate proc_macro;

// The modules of the macros, as if they were of this crate.
include!(concat!(env!("OUT_DIR"), "/macros.rs"));

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
