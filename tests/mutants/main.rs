//! One character changed in one pattern, key or tag of the example service: the macros refuse it, or the compiler, or
//! `assert_sound`, or it changes nothing.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic, and say what it counted"
)]
#![expect(dead_code, reason = "of the macros, what is not called here")]

extern crate proc_macro;

// The modules of the macros, as if they were of this crate.
include!(concat!(env!("OUT_DIR"), "/macros.rs"));

mod declared;
mod edits;
mod effect;
mod service;

use std::{collections::BTreeMap, thread};

use cached_runtime::__private::audit_of;

use crate::{
    declared::Declared,
    effect::effect,
    service::{Method, Service},
};

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// The macros refuse it.
    Macros,
    /// The compiler refuses what they write: there is no such field.
    Compiler,
    /// `assert_sound` fails.
    Audit,
    /// It clears and keeps the same answers.
    Equivalent,
    Survives,
}

/// The fate of the service with `text` in the place of the key text of this number of a method.
fn fate(service: &Service, base: &[Declared], at: usize, number: usize, text: &str) -> Fate {
    let method = &service.methods[at];
    let Some(mutant) = Declared::expand(&method.with(number, text)) else {
        return Fate::Macros;
    };
    if !service.has_fields(method, text) {
        return Fate::Compiler;
    }
    let program: Vec<_> = base
        .iter()
        .enumerate()
        .map(|(n, declared)| if n == at { &mutant } else { declared })
        .copied()
        .collect();
    if !is_sound(&program) {
        return Fate::Audit;
    }
    if effect(&program) == effect(base) {
        return Fate::Equivalent;
    }
    Fate::Survives
}

fn is_sound(program: &[Declared]) -> bool {
    let cached: Vec<_> = program.iter().filter_map(Declared::cached).collect();
    let mutators: Vec<_> = program.iter().filter_map(Declared::mutator).collect();
    audit_of(&cached, &mutators).is_sound()
}

fn expanded(service: &Service) -> Vec<Declared> {
    let all = service.methods.iter().map(Method::item);
    all.map(|item| Declared::expand(&item).unwrap()).collect()
}

#[test]
fn one_wrong_character_is_caught() {
    let service = Service::read();
    let base = expanded(&service);
    assert!(is_sound(&base));
    let texts: usize = service.methods.iter().map(|it| it.texts.len()).sum();
    assert_eq!(
        (service.methods.len(), texts),
        (14, 42),
        "all of the example's"
    );

    let cores = thread::available_parallelism().map_or(1, usize::from);
    // Tokens stay on their thread.
    let work = move |core| {
        move || {
            let service = Service::read();
            let base = expanded(&service);
            let own = (0..service.methods.len()).filter(|at| at % cores == core);
            own.flat_map(|at| fates(&service, &base, at))
                .collect::<Vec<_>>()
        }
    };
    let threads: Vec<_> = (0..cores).map(|core| thread::spawn(work(core))).collect();
    let fates = threads.into_iter().flat_map(|it| it.join().unwrap());
    let fates: Vec<_> = fates.collect();

    let mut counts = BTreeMap::new();
    for (fate, _) in &fates {
        *counts.entry(*fate).or_insert(0) += 1;
    }
    let survivors = fates.iter().filter(|(fate, _)| *fate == Fate::Survives);
    let survivors: Vec<_> = survivors.map(|(_, mutant)| mutant).collect();
    assert!(survivors.is_empty(), "{counts:?}\n{survivors:#?}");
    // None of the ways to catch them is idle.
    for fate in [Fate::Macros, Fate::Compiler, Fate::Audit, Fate::Equivalent] {
        assert!(counts[&fate] > 50, "{counts:?}");
    }
    for (_, mutant) in fates.iter().filter(|(fate, _)| *fate == Fate::Equivalent) {
        println!("equivalent: {mutant}");
    }
    println!("{counts:?} of {}", fates.len());
}

fn fates(service: &Service, base: &[Declared], at: usize) -> Vec<(Fate, String)> {
    let method = &service.methods[at];
    let mut fates = Vec::new();
    for (number, text) in method.texts.iter().enumerate() {
        for mutant in edits::of(text) {
            let told = format!("{}: {text} -> {mutant}", method.name);
            fates.push((fate(service, base, at, number, &mutant), told));
        }
    }
    fates
}
