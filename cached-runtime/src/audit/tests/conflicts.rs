//! Those that fill the same keys, and settings.

use super::*;
use crate::policy::RefreshAhead;

#[test]
fn one_template_has_one_type() {
    let rows = method("a:<id>", "Result<Vec<Row>, Error>", 60, 1);
    let user = method("a:<user_id>", "Result < User , Error >", 30, 2);
    let again = method("a:<id>", "std::io::Result<Vec<model::Row>>", 60, 3);
    assert_eq!(
        lines(&[rows, user, again], &[mutator(&["a:*"])]),
        [
            "error[two-types] src/chat.rs:1 in `list`: `a:<id>` holds values of different types: `Vec<Row>` here, `User` in \
          `list` at src/chat.rs:2, `Vec<model::Row>` in `list` at src/chat.rs:3"
        ]
    );
}

#[test]
fn one_template_has_one_policy() {
    let rows = method("a:<id>", "Vec<Row>", 60, 1);
    let other = method("a:<n>", "Option<Vec<Row>>", 30, 3);
    assert_eq!(
        lines(&[rows, other], &[mutator(&["a:*"])]),
        [
            "error[two-policies] src/chat.rs:1 in `list`: `a:<id>` is kept under different policies: `ttl` 60s here, `ttl` 30s \
          in `list` at src/chat.rs:3",
            "remark[shared-keys] "
        ][..1]
    );
    let rows = Declaration {
        policy: Policy {
            refresh_ahead: Some(RefreshAhead::Percent(80)),
            ..Policy::new(Duration::from_mins(1)).jitter(10)
        },
        ..method("a:<id>", "Vec<Row>", 60, 1)
    };
    let other = method("a:<id>", "Vec<Row>", 60, 3);
    assert_eq!(
        lines(&[rows, other], &[mutator(&["a:*"])]),
        [
            "error[two-policies] src/chat.rs:1 in `list`: `a:<id>` is kept under different policies: `jitter` 10 %, \
          `refresh_ahead` 80 % here, no `jitter`, no `refresh_ahead` in `list` at src/chat.rs:3"
        ]
    );
}

#[test]
fn one_template_has_one_set_of_tags() {
    let other = Declaration {
        tags: &["team:<t>", "plan:<p>"],
        ..method("users:<user>", "User", 60, 21)
    };
    assert_eq!(
        lines(&[USER, other], &[clearing_tags(&["team:*", "plan:*"])]),
        [
            "error[two-tags] src/chat.rs:20 in `list`: `users:<id>` has different tags: `team:<team>` here, `team:<t>` and \
          `plan:<p>` in `list` at src/chat.rs:21"
        ]
    );
    let same = Declaration {
        tags: &["team:<t>"],
        ..method("users:<user_id>", "User", 60, 21)
    };
    assert_eq!(lines(&[USER, same], &[TEAMS]), NOTHING);
}

#[test]
fn one_template_has_one_question() {
    let by_name = Declaration {
        tags: &["team:<team>"],
        ..method("users:<name>", "User", 60, 21)
    };
    assert_eq!(
        lines(&[USER, by_name], &[TEAMS]),
        [
            "remark[shared-keys] src/chat.rs:20 in `list`: `users:<id>` is the key of different questions, to go by its \
          placeholders: `users:<id>` here, `users:<name>` in `list` at src/chat.rs:21"
        ]
    );
}

#[test]
fn an_update_agrees_with_what_it_updates() {
    let differs = |update: UpdateDeclaration| lines(&[USER], &[updating(update), TEAMS]);
    assert_eq!(
        differs(update("users:<id>", "Result<Row, Error>", 60)),
        [
            "error[two-types] src/chat.rs:20 in `list`: `users:<id>` holds values of different types: `User` here, `Row` in \
          `send` at src/chat.rs:99"
        ]
    );
    assert_eq!(
        differs(update("users:<id>", "User", 30)),
        [
            "error[two-policies] src/chat.rs:20 in `list`: `users:<id>` is kept under different policies: `ttl` 60s here, `ttl` \
          30s in `send` at src/chat.rs:99"
        ]
    );
    assert_eq!(
        differs(UpdateDeclaration {
            tags: &[],
            ..update("users:<id>", "User", 60)
        }),
        [
            "error[two-tags] src/chat.rs:20 in `list`: `users:<id>` has different tags: `team:<team>` here, no tags in `send` \
          at src/chat.rs:99"
        ]
    );
    assert_eq!(differs(update("users:<name>", "User", 60)), NOTHING);
    let absent = Declaration {
        policy: Policy::new(Duration::from_mins(1)).none_ttl(Duration::from_secs(5)),
        ..USER
    };
    let same = updating(update("users:<id>", "User", 60));
    assert_eq!(lines(&[absent], &[same, TEAMS]), NOTHING);
}

#[test]
fn an_update_of_some_of_the_keys_of_a_method_agrees_with_it() {
    let sections = Declaration {
        tags: &["team:<team>"],
        ..method("users:<id>:<section>", "Section", 60, 20)
    };
    let profile = updating(update("users:<id>:profile", "Profile", 60));
    assert_eq!(
        lines(&[sections], &[profile, TEAMS]),
        [
            "error[two-types] src/chat.rs:20 in `list`: `users:<id>:<section>` holds values of different types: `Section` here, \
          `Profile` in `send` at src/chat.rs:99"
        ]
    );
}

#[test]
fn settings_for_an_unknown_cache_are_an_error_where_they_are_misspelt() {
    let lines = |configured: &[&str]| {
        let audit = audit_of(&[LIST], &[mutator(&["conversations:*"])], configured);
        let found = audit.findings().iter();
        let lines: Vec<_> = found
            .map(|it| format!("{} {it}", it.severity().name()))
            .collect();
        lines
    };
    assert_eq!(lines(&["conversations"]), NOTHING);
    assert_eq!(
        lines(&["conversation"]),
        [
            "error settings for cache `conversation`, which no attribute names; did you mean `conversations`?"
        ]
    );
    assert_eq!(
        lines(&["sessions"]),
        ["remark settings for cache `sessions`, which no attribute names"]
    );
}
