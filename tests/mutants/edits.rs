//! Texts that differ from another one in one character.

use std::collections::BTreeSet;

/// Letters, digits, and every character that means something in a key, in a pattern, in Redis or in an editor. Where nothing is
/// optimized a few have to do, since all of them take minutes.
const CHARACTERS: &str = if cfg!(debug_assertions) {
    "x:*"
} else {
    "xS0_-.:*<>% é{}?/\\"
};

/// At each place a character is lost, doubled, put in, replaced, changed in case, or swapped with the next one.
pub(crate) fn of(text: &str) -> BTreeSet<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut mutants = BTreeSet::new();
    for at in 0..=chars.len() {
        let (before, after) = chars.split_at(at);
        let mut put = |middle: &[char], rest: &[char]| {
            mutants.insert(
                [before, middle, rest]
                    .concat()
                    .into_iter()
                    .collect::<String>(),
            );
        };
        for other in CHARACTERS.chars() {
            put(&[other], after);
            put(&[other], after.get(1..).unwrap_or_default());
        }
        if let [this, rest @ ..] = after {
            put(&[], rest);
            put(&[*this, *this], rest);
            let upper = this.to_uppercase().collect::<Vec<_>>();
            put(&upper, rest);
        }
        if let [this, next, rest @ ..] = after {
            put(&[*next, *this], rest);
        }
    }
    mutants.remove(text);
    mutants
}

#[test]
fn every_place_is_changed_in_every_way() {
    let mutants = of("ab:*");
    for mutant in [
        "b:*", "aab:*", "Ab:*", "ba:*", "xb:*", "axb:*", "ab:*x", "ab*:", "ab:", "ab::*", "ab:**",
    ] {
        assert!(mutants.contains(mutant), "{mutant}");
    }
    assert!(!mutants.contains("ab:*"));
}
