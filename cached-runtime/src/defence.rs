//! The lines that keep the promise, each of which can be switched off to see that somebody notices.
//!
//! `scripts/mutations` builds with `--cfg cached_mutations` and runs the proofs once without each line; a line that nobody
//! misses is either not needed or not tested. In every other build `defended!` is its first expression and nothing else.

/// `defended!(Line, what it does, else what happens without it)`.
#[cfg(not(cached_mutations))]
macro_rules! defended {
    ($line:ident, $does:expr, else $without:expr) => {
        $does
    };
}

#[cfg(cached_mutations)]
macro_rules! defended {
    ($line:ident, $does:expr, else $without:expr) => {
        if $crate::defence::is_off($crate::defence::Line::$line) {
            $without
        } else {
            $does
        }
    };
}

#[cfg(cached_mutations)]
macro_rules! lines {
    ($($line:ident,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Line {
            $($line,)+
        }

        const ALL: &[Line] = &[$(Line::$line,)+];
    };
}

// One a line: `scripts/mutations` reads them here.
#[cfg(cached_mutations)]
lines! {
    ScopeBeforeLoad,
    CommitCheck,
    TagCommitCheck,
    NewerCheck,
    JoinCheck,
    TurnCheck,
    ReadCheck,
    TagReadCheck,
    LateReadCheck,
    Generation,
    StoredGeneration,
    PublishTogether,
    PublishBeforeFloor,
    OlderChain,
    OneAct,
    ActForNewCaches,
    InsertOvertakes,
    HandOver,
    TurnPassedOn,
    CircleCheck,
    EvictedById,
    MutatorDrop,
    ExpireRaises,
    ExpireOlderChain,
    UpdateCheck,
    TransactionOwes,
    TransactionReads,
}

/// Whether `CACHED_MUTATION` names this line.
#[cfg(cached_mutations)]
pub(crate) fn is_off(line: Line) -> bool {
    static OFF: std::sync::OnceLock<Option<Line>> = std::sync::OnceLock::new();
    let off = OFF.get_or_init(|| {
        let name = std::env::var("CACHED_MUTATION").ok()?;
        ALL.iter().copied().find(|line| format!("{line:?}") == name)
    });
    *off == Some(line)
}

/// Lets other threads go on where a missing line has left a gap that they would rarely hit.
#[cfg(cached_mutations)]
pub(crate) fn gap() {
    crate::sync::step();
    for _ in 0..64 {
        std::thread::yield_now();
    }
}
