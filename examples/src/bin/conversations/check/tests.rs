use std::sync::Arc;

use super::*;
use crate::model::{Conversation, Inbox, Message, Status};

const OPEN: Read = Read::Open { conversation: 7 };

fn conversation(id: i64, version: i64) -> Answer {
    Answer::Conversation(Some(Arc::new(Conversation {
        id,
        client_id: 1,
        provider_id: 2,
        instance_id: 3,
        title: String::from("a garden"),
        status: Status::Active,
        messages: 4,
        last_message_at: 0,
        version,
    })))
}

fn page(numbers: std::ops::Range<i64>) -> Answer {
    let messages = numbers.rev().map(|number| Message {
        conversation_id: 7,
        number,
        sender_id: 1,
        body: String::new(),
        sent_at: 0,
    });
    Answer::Messages(Arc::new(messages.collect()))
}

#[test]
fn an_answer_older_than_a_change_that_had_returned_is_stale() {
    let checker = Checker::default();
    checker.returned(&vec![(Entity::Conversation(7), 5)]);

    let floor = checker.floor(OPEN);
    assert!(!checker.judge(floor, &conversation(7, 4)));

    let verdict = checker.verdict();
    assert_eq!(verdict.faults, 1);
    assert_eq!(
        verdict.examples,
        [Fault::Stale {
            read: OPEN,
            shows: 4,
            floor: 5
        }]
    );
}

#[test]
fn an_answer_of_the_changes_version_or_newer_is_fresh() {
    let checker = Checker::default();
    checker.returned(&vec![(Entity::Conversation(7), 5)]);

    assert!(checker.judge(checker.floor(OPEN), &conversation(7, 5)));
    assert!(checker.judge(checker.floor(OPEN), &conversation(7, 6)));
    assert_eq!(checker.verdict().faults, 0);
}

#[test]
fn a_change_that_returns_during_the_call_does_not_count() {
    let checker = Checker::default();
    let floor = checker.floor(OPEN);
    checker.returned(&vec![(Entity::Conversation(7), 5)]);

    assert!(checker.judge(floor, &conversation(7, 4)));
}

#[test]
fn changes_that_return_out_of_order_leave_the_highest_version() {
    let checker = Checker::default();
    checker.returned(&vec![(Entity::Conversation(7), 5)]);
    checker.returned(&vec![(Entity::Conversation(7), 3)]);

    assert!(!checker.judge(checker.floor(OPEN), &conversation(7, 4)));
}

#[test]
fn absence_is_stale_once_the_thing_exists() {
    let checker = Checker::default();
    let absent = Answer::Conversation(None);
    assert!(checker.judge(checker.floor(OPEN), &absent));

    checker.returned(&vec![(Entity::Conversation(7), 1)]);
    assert!(!checker.judge(checker.floor(OPEN), &absent));
}

#[test]
fn the_answer_to_another_question_is_misdirected() {
    let checker = Checker::default();
    assert!(!checker.judge(checker.floor(OPEN), &conversation(8, 9)));
    assert_eq!(
        checker.verdict().examples,
        [Fault::Misdirected { read: OPEN }]
    );
}

#[test]
fn a_page_shows_how_many_messages_there_were() {
    let checker = Checker::default();
    let first = Read::Recent {
        conversation: 7,
        page: 0,
    };
    let second = Read::Recent {
        conversation: 7,
        page: 1,
    };
    checker.returned(&vec![(Entity::Messages(7), 25)]);

    assert!(checker.judge(checker.floor(first), &page(6..26)));
    assert!(checker.judge(checker.floor(second), &page(1..6)));
    assert!(!checker.judge(checker.floor(first), &page(5..25)));
    assert!(!checker.judge(checker.floor(second), &page(1..5)));
    assert!(
        !checker.judge(checker.floor(second), &page(1..1)),
        "25 messages reach into the second page"
    );
}

#[test]
fn the_same_version_must_be_the_same_answer() {
    let checker = Checker::default();
    let read = Read::Inbox { user: 1 };
    let inbox = |unread, version| {
        Answer::Inbox(Inbox {
            user_id: 1,
            pending: 0,
            active: 0,
            archived: 0,
            unread,
            version,
        })
    };

    assert!(checker.compare(read, &inbox(3, 8), &inbox(3, 8), false));
    assert!(!checker.compare(read, &inbox(3, 8), &inbox(4, 8), false));
    assert!(
        !checker.compare(read, &inbox(3, 8), &inbox(3, 7), false),
        "newer than the database"
    );
    assert!(
        checker.compare(read, &inbox(3, 8), &inbox(4, 9), false),
        "the database has moved on"
    );
    assert!(
        !checker.compare(read, &inbox(3, 8), &inbox(4, 9), true),
        "when quiet, nothing moves"
    );
}
