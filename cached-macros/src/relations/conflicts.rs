//! Methods that fill the same keys must agree on what lies there.

use super::clipped;
use super::found::Keeper;
use super::stored::may_be_one;
use crate::duration::Duration;
use crate::report::{Errors, Report};
use crate::spelling::written;

/// Of a name in a headline.
const NAME: usize = 14;

pub(super) fn conflicts(keepers: &[Keeper], errors: &mut Errors) {
    for (index, keeper) in keepers.iter().enumerate() {
        let earlier = keepers.iter().take(index);
        let same = earlier.filter(|earlier| {
            earlier.template.outline() == keeper.template.outline()
                && !(earlier.is_conditional || keeper.is_conditional)
        });
        for earlier in same {
            if let Some(report) = conflict(earlier, keeper) {
                errors.push(report);
                break;
            }
        }
    }
}

fn conflict(one: &Keeper, other: &Keeper) -> Option<Report> {
    let key = &other.text.value;
    if !may_be_one(&one.stored, &other.stored) {
        let headline = format!(
            "`{}` and `{}` store different types under one key",
            clipped(&one.function, NAME),
            clipped(&other.function, NAME)
        );
        let note = format!(
            "`{}` stores `{}` and `{}` stores `{}`: each finds the other's values and loads again",
            one.function,
            written(&one.stored),
            other.function,
            written(&other.stored)
        );
        let help = format!(
            "give one of them a key of its own: `\"{key}:{}\"`",
            other.function
        );
        return Some(
            Report::at(other.text.span(), headline)
                .help(help)
                .note(note),
        );
    }
    let (
        Some(Duration::Literal {
            millis, written, ..
        }),
        Some(Duration::Literal {
            millis: others,
            written: others_written,
            span,
        }),
    ) = (&one.ttl, &other.ttl)
    else {
        return None;
    };
    (millis != others).then(|| {
        let headline = format!(
            "`{}` and `{}` keep one key for different times",
            clipped(&one.function, NAME),
            clipped(&other.function, NAME)
        );
        let note = format!(
            "`{}` keeps it for {} and `{}` for {}: who stores first decides",
            one.function,
            time(written),
            other.function,
            time(others_written)
        );
        Report::at(*span, headline)
            .help("give both the same `ttl`, or one `policy`")
            .note(note)
    })
}

/// Numbers without a unit are seconds.
fn time(written: &str) -> String {
    if written.ends_with(|last: char| last.is_ascii_digit()) {
        format!("{written}s")
    } else {
        written.to_owned()
    }
}
