//! What patterns reach, and what nothing reaches.

use super::*;

#[test]
fn a_sound_program_has_no_findings() {
    assert_eq!(
        lines(&[LIST], &[mutator(&["conversations:user:<id>*"])]),
        NOTHING
    );
    assert_eq!(lines(&[USER], &[clearing_tags(&["team:<id>*"])]), NOTHING);
}

#[test]
fn a_misspelt_pattern_is_named_with_its_correction() {
    for (written, meant) in [
        ("conversations:usr:<id>*", "conversations:user:<id>*"),
        ("convesations:user:<id>*", "conversations:user:<id>*"),
        ("conversations:user:<id>", "conversations:user:<id>*"),
        ("conversationsuser:<id>*", "conversations:user:<id>*"),
        (
            "conversations:user:<id>:statis:*",
            "conversations:user:<id>:status:*",
        ),
    ] {
        let patterns = Box::leak(Box::new([written, "conversations:user:*"]));
        let dead = format!(
            "error[dead-pattern] src/chat.rs:99 in `send`: pattern `{written}` matches no key of any cached method; \
             did you mean `{meant}`?"
        );
        assert_eq!(lines(&[LIST], &[mutator(patterns)]), [dead]);
    }
    let unknown = "error[dead-pattern] src/chat.rs:99 in `send`: pattern `invoices:*` matches no key of any cached method";
    let all = mutator(&["invoices:*", "conversations:*"]);
    assert_eq!(lines(&[LIST], &[all]), [unknown]);
}

#[test]
fn a_pattern_that_no_meant_value_matches_is_an_error() {
    for written in ["users:<id>x", "users:x<id>", "users:<ret.id>/"] {
        let patterns = Box::leak(Box::new([written]));
        let found = lines(
            &[method("users:<user_id>", "User", 60, 20)],
            &[mutator(patterns)],
        );
        let start = format!(
            "error[chance-match] src/chat.rs:99 in `send`: pattern `{written}` matches keys by chance only, \
             `users:<user_id>` in `list` at src/chat.rs:20; did you mean `users:<"
        );
        assert!(found[0].starts_with(&start), "{found:?}");
        assert_eq!(found.len(), 1, "what it was meant for goes without saying");
    }
}

#[test]
fn text_in_the_place_of_a_placeholder_is_a_value_unless_it_is_a_slip() {
    let drafts = method("messages:<id>:<kind>", "Vec<Row>", 60, 1);
    assert_eq!(
        lines(&[drafts], &[mutator(&["messages:<id>:draft"])]),
        NOTHING
    );
    let members = method(
        "conversations:<conversation_id>:<page>:<size>:<order>",
        "Vec<Row>",
        60,
        1,
    );
    let all = mutator(&["conversations:usre:<id>*", "conversations:*"]);
    assert_eq!(
        lines(&[members, LIST], &[all]),
        [
            "error[chance-match] src/chat.rs:99 in `send`: pattern `conversations:usre:<id>*` matches keys for some values \
          only, `conversations:<conversation_id>:<page>:<size>:<order>` in `list` at src/chat.rs:1; did you mean \
          `conversations:user:<id>*`?"
        ]
    );
}

#[test]
fn what_no_mutator_names_is_a_remark_unless_it_is_a_slip() {
    assert_eq!(
        lines(&[LIST], &[]),
        [
            "remark[never-invalidated] src/chat.rs:10 in `list`: no mutator invalidates \
          `conversations:user:<user_id>:status:<status>`"
        ]
    );
    let members = method("conversations:usr:<user_id>:members", "Vec<User>", 60, 11);
    assert_eq!(
        lines(&[LIST, members], &[mutator(&["conversations:user:<id>*"])]),
        [
            "error[never-invalidated] src/chat.rs:11 in `list`: no mutator invalidates `conversations:usr:<user_id>:members`; \
          did you mean `conversations:user:<user_id>:members`?"
        ]
    );
}

#[test]
fn a_tag_that_nobody_names_is_a_remark_unless_it_is_a_slip() {
    let other = Declaration {
        tags: &["taem:<team>"],
        ..method("teams:<id>", "Team", 60, 21)
    };
    let clear = mutator(&["users:*"]);
    let unused = "src/chat.rs:20 in `list`: no mutator names the tag `team:<team>`";
    assert_eq!(
        lines(&[USER], &[clear]),
        [format!("remark[unused-tag] {unused}")]
    );
    let clear = mutator(&["users:*", "teams:*"]);
    assert_eq!(
        lines(&[USER, other], &[clear, TEAMS]),
        [
            "error[unused-tag] src/chat.rs:21 in `list`: no mutator names the tag `taem:<team>`; did you mean `team:<team>`?"
        ]
    );
}

#[test]
fn a_tag_that_nothing_has_is_named_with_its_correction() {
    assert_eq!(
        lines(&[USER], &[clearing_tags(&["taem:<id>", "team:*"])]),
        [
            "error[dead-tag] src/chat.rs:99 in `send`: tag `taem:<id>` matches no tag of any cached method; did you mean \
          `team:<id>`?"
        ]
    );
    assert_eq!(
        lines(
            &[LIST],
            &[clearing_tags(&["team:<id>"]), mutator(&["conversations:*"])]
        ),
        [
            "error[dead-tag] src/chat.rs:99 in `send`: tag `team:<id>` matches no tag of any cached method"
        ]
    );
}

#[test]
fn an_update_counts_as_an_invalidation() {
    let same = updating(update("users:<user_id>", "Option<User>", 60));
    assert_eq!(lines(&[USER], &[same, TEAMS]), NOTHING);
}

#[test]
fn an_update_that_nobody_reads_is_named_with_its_correction() {
    let misspelt = updating(update("user:<id>", "User", 60));
    assert_eq!(
        lines(&[USER], &[mutator(&["users:*"]), misspelt, TEAMS]),
        [
            "error[dead-update] src/chat.rs:99 in `send`: `user:<id>` is updated, and no cached method reads it; did you mean \
          `users:<id>`?"
        ]
    );
}

#[test]
fn a_pattern_that_clears_other_things_too_is_a_remark() {
    let messages = method("messages:<conversation_id>:page:<page>", "Vec<Row>", 60, 1);
    let drafts = method("messages:<user_id>:drafts", "Vec<Row>", 60, 2);
    assert_eq!(
        lines(
            &[messages, drafts],
            &[mutator(&["messages:<conversation.id>*"])]
        ),
        [
            "remark[over-match] src/chat.rs:99 in `send`: pattern `messages:<conversation.id>*` also clears keys with something \
          else as `<conversation.id>`, `<user_id>` in `list` at src/chat.rs:2"
        ]
    );
    let messages = method("messages:<conversation_id>:page:<page>", "Vec<Row>", 60, 1);
    let drafts = method("messages:<user_id>:drafts", "Vec<Row>", 60, 2);
    assert_eq!(
        lines(&[messages, drafts], &[mutator(&["messages:<ret.key>*"])]),
        [
            "remark[over-match] src/chat.rs:99 in `send`: pattern `messages:<ret.key>*` clears keys with different things as \
          `<ret.key>`, `<conversation_id>` in `list` at src/chat.rs:1, `<user_id>` in `list` at src/chat.rs:2"
        ]
    );
    let messages = method("messages:<conversation_id>:page:<page>", "Vec<Row>", 60, 1);
    let drafts = method("messages:<id>:drafts", "Vec<Row>", 60, 2);
    let all = mutator(&["messages:<sender>*", "messages:*"]);
    assert_eq!(lines(&[messages, drafts], &[all]), NOTHING);
}
