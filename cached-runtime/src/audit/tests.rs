//! What an audit says.

use std::time::Duration;

use super::*;
use crate::{policy::Policy, registry::UpdateDeclaration};

const fn at(line: u32) -> Location {
    Location {
        module: "chat",
        file: "src/chat.rs",
        line,
        column: 5,
    }
}

const fn method(
    template: &'static str,
    value: &'static str,
    seconds: u64,
    line: u32,
) -> Declaration {
    Declaration {
        template,
        function: "list",
        value,
        policy: Policy::new(Duration::from_secs(seconds)),
        tags: &[],
        location: at(line),
    }
}

const fn mutator(patterns: &'static [&'static str]) -> MutatorDeclaration {
    MutatorDeclaration {
        patterns,
        tags: &[],
        updates: &[],
        function: "send",
        location: at(99),
    }
}

fn report(cached: &[Declaration], mutators: &[MutatorDeclaration], configured: &[&str]) -> String {
    let cached: Vec<&'static Declaration> = cached.iter().map(leak).collect();
    let mutators: Vec<&'static MutatorDeclaration> = mutators
        .iter()
        .map(|mutator| -> &'static MutatorDeclaration {
            Box::leak(Box::new(MutatorDeclaration { ..*mutator }))
        })
        .collect();
    run(&cached, &mutators, configured.iter().copied()).to_string()
}

fn leak(declaration: &Declaration) -> &'static Declaration {
    Box::leak(Box::new(Declaration { ..*declaration }))
}

const LIST: Declaration = method(
    "conversations:user:<user_id>:status:<status>",
    "Vec<Row>",
    60,
    10,
);

#[test]
fn a_sound_program_has_no_findings() {
    assert_eq!(
        report(
            &[LIST],
            &[mutator(&["conversations:user:<id>*"])],
            &["conversations"]
        ),
        "nothing found"
    );
}

#[test]
fn a_misspelt_pattern_is_named_with_its_correction() {
    assert_eq!(
        report(
            &[LIST],
            &[mutator(&[
                "conversations:usr:<id>*",
                "conversations:user:*"
            ])],
            &[]
        ),
        "fault  src/chat.rs:99: pattern `conversations:usr:<id>*` of `send` matches no key of any cached method; \
         did you mean `conversations:user:<id>*`?"
    );
    assert_eq!(
        report(
            &[LIST],
            &[mutator(&["convesations:user:<id>*", "conversations:*"])],
            &[]
        ),
        "fault  src/chat.rs:99: pattern `convesations:user:<id>*` of `send` matches no key of any cached method; \
         did you mean `conversations:user:<id>*`?"
    );
}

#[test]
fn a_template_that_nothing_invalidates_is_information() {
    assert_eq!(
        report(&[LIST], &[], &[]),
        "info   src/chat.rs:10: no mutator invalidates `conversations:user:<user_id>:status:<status>` of `list`"
    );
}

#[test]
fn one_template_with_two_types_or_policies_is_a_fault() {
    let rows = method("a:<id>", "Result<Vec<Row>, Error>", 60, 1);
    let user = method("a:<user_id>", "Result < User , Error >", 60, 2);
    let other = method("a:<n>", "std::io::Result<Vec<Row>>", 30, 3);
    let clear = mutator(&["a:*"]);
    assert_eq!(
        report(&[rows, user], &[clear], &[]),
        "fault  src/chat.rs:1: `a:<id>` holds `Vec<Row>` here and `User` at src/chat.rs:2"
    );
    let rows = method("a:<id>", "Result<Vec<Row>, Error>", 60, 1);
    assert_eq!(
        report(&[rows, other], &[mutator(&["a:*"])], &[]),
        "fault  src/chat.rs:1: `a:<id>` is kept for 60s here and for 30s at src/chat.rs:3"
    );
}

#[test]
fn settings_for_an_unknown_cache_are_a_fault() {
    assert_eq!(
        report(&[LIST], &[mutator(&["conversations:*"])], &["conversation"]),
        "fault  settings for cache `conversation`, which no attribute names; did you mean `conversations`?"
    );
}

const USER: Declaration = Declaration {
    tags: &["team:<team>"],
    ..method("users:<id>", "Result<User, Error>", 60, 20)
};

const fn update(template: &'static str, value: &'static str, seconds: u64) -> UpdateDeclaration {
    UpdateDeclaration {
        template,
        value,
        policy: Policy::new(Duration::from_secs(seconds)),
        tags: &["team:<id>"],
    }
}

fn updating(update: UpdateDeclaration) -> MutatorDeclaration {
    MutatorDeclaration {
        updates: Box::leak(Box::new([update])),
        ..mutator(&[])
    }
}

#[test]
fn an_update_counts_as_an_invalidation() {
    let same = updating(update("users:<user_id>", "Option<User>", 60));
    assert_eq!(report(&[USER], &[same], &[]), "nothing found");
}

#[test]
fn an_update_that_nobody_reads_is_named_with_its_correction() {
    let users = mutator(&["users:*"]);
    let misspelt = updating(update("user:<id>", "User", 60));
    assert_eq!(
        report(&[USER], &[users, misspelt], &[]),
        "fault  src/chat.rs:99: `send` updates `user:<id>`, which no cached method reads; did you mean `users:<id>`?"
    );
}

#[test]
fn an_update_agrees_with_what_it_updates() {
    let other_type = updating(update("users:<id>", "Result<Row, Error>", 60));
    assert_eq!(
        report(&[USER], &[other_type], &[]),
        "fault  src/chat.rs:20: `users:<id>` holds `User` here and `Row` at src/chat.rs:99"
    );
    let other_policy = updating(update("users:<id>", "User", 30));
    assert_eq!(
        report(&[USER], &[other_policy], &[]),
        "fault  src/chat.rs:20: `users:<id>` is kept for 60s here and for 30s at src/chat.rs:99"
    );
    let untagged = updating(UpdateDeclaration {
        tags: &[],
        ..update("users:<id>", "User", 60)
    });
    assert_eq!(
        report(&[USER], &[untagged], &[]),
        "fault  src/chat.rs:20: `users:<id>` has the tag `team:<team>` here and no tags at src/chat.rs:99"
    );
    let absent = Declaration {
        policy: Policy::new(Duration::from_mins(1)).none_ttl(Duration::from_secs(5)),
        ..USER
    };
    let same = updating(update("users:<id>", "User", 60));
    assert_eq!(report(&[absent], &[same], &[]), "nothing found");
}

#[test]
fn an_update_of_some_of_the_keys_of_a_method_agrees_with_it() {
    let sections = Declaration {
        tags: &["team:<team>"],
        ..method("users:<id>:<section>", "Section", 60, 20)
    };
    let profile = updating(update("users:<id>:profile", "Profile", 60));
    assert_eq!(
        report(&[sections], &[profile], &[]),
        "fault  src/chat.rs:20: `users:<id>:<section>` holds `Section` here and `Profile` at src/chat.rs:99"
    );
}

#[test]
fn two_methods_with_the_same_keys_have_the_same_tags() {
    let other = Declaration {
        tags: &["team:<t>", "plan:<p>"],
        ..method("users:<user>", "User", 60, 21)
    };
    assert_eq!(
        report(&[USER, other], &[mutator(&["users:*"])], &[]),
        "fault  src/chat.rs:20: `users:<id>` has the tag `team:<team>` here and the tags `team:<t>`, `plan:<p>` at \
         src/chat.rs:21"
    );
}

#[test]
fn a_tag_that_nothing_has_is_named_with_its_correction() {
    let tagging = |tags| MutatorDeclaration {
        tags,
        ..mutator(&[])
    };
    assert_eq!(
        report(&[USER], &[tagging(&["team:<id>*"])], &[]),
        "nothing found"
    );
    assert_eq!(
        report(&[USER], &[tagging(&["taem:<id>", "team:*"])], &[]),
        "fault  src/chat.rs:99: tag `taem:<id>` of `send` matches no tag of any cached method; did you mean `team:<id>`?"
    );
    assert_eq!(
        report(
            &[LIST],
            &[tagging(&["team:<id>"]), mutator(&["conversations:*"])],
            &[]
        ),
        "fault  src/chat.rs:99: tag `team:<id>` of `send` matches no tag of any cached method"
    );
}
