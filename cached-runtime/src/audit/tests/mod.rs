//! What an audit says.

mod conflicts;
mod lists;
mod reach;

use std::time::Duration;

use super::*;
use crate::{
    policy::Policy,
    registry::{Location, UpdateDeclaration},
};

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

const fn clearing_tags(tags: &'static [&'static str]) -> MutatorDeclaration {
    MutatorDeclaration {
        tags,
        ..mutator(&[])
    }
}

fn audit_of(cached: &[Declaration], mutators: &[MutatorDeclaration], configured: &[&str]) -> Audit {
    let leak =
        |it: &Declaration| -> &'static Declaration { Box::leak(Box::new(Declaration { ..*it })) };
    let cached: Vec<_> = cached.iter().map(leak).collect();
    let leak = |it: &MutatorDeclaration| -> &'static MutatorDeclaration {
        Box::leak(Box::new(MutatorDeclaration { ..*it }))
    };
    let mutators: Vec<_> = mutators.iter().map(leak).collect();
    run(&cached, &mutators, configured.iter().copied())
}

/// The lines that would be logged, with their severities and kinds.
fn lines(cached: &[Declaration], mutators: &[MutatorDeclaration]) -> Vec<String> {
    let audit = audit_of(cached, mutators, &[]);
    let line = |it: &Finding| format!("{}[{}] {it}", it.severity().name(), it.kind().name());
    audit.findings().iter().map(line).collect()
}

const NOTHING: [&str; 0] = [];

const LIST: Declaration = method(
    "conversations:user:<user_id>:status:<status>",
    "Vec<Row>",
    60,
    10,
);

const USER: Declaration = Declaration {
    tags: &["team:<team>"],
    ..method("users:<id>", "Result<User, Error>", 60, 20)
};

const TEAMS: MutatorDeclaration = clearing_tags(&["team:<team>"]);

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
