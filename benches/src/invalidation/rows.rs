//! A million rows, among them some that a pattern or a tag finds in a known number.
//!
//! Ordinary rows are `rows:user:<user>:status:<status>`, ten for each user. One user has as many more as a prefix is to find,
//! so many users have a status that nobody else has, and so many rows have a tag. Only the number tells them apart.

use std::sync::Arc;

/// How many keys an invalidation is to find; the larger ones only where there are enough.
pub(super) const MATCHING: [u32; 4] = [1, 10, 1_000, 100_000];

pub(super) const STATUSES: u32 = 10;

/// Users with rows that one prefix finds, by their number of rows.
const PREFIXED: u32 = 3_000_000;
/// Users of rows that have a tag.
const TAGGED: u32 = 2_000_000;
/// Users who have one status that nobody else has.
const MARKED: u32 = 1_000_000;
const UNTAGGED: u32 = 0;

/// What is cached: what a scan over all entries would have to look at for a tag. All rows that go together share one, so that
/// the last reference tells when the last of them is gone.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) tag: u32,
}

pub(super) type Value = Arc<Shared>;

#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) user: u32,
    pub(super) status: u32,
    pub(super) tag: u32,
}

impl Row {
    fn untagged(user: u32, status: u32) -> Self {
        Self {
            user,
            status,
            tag: UNTAGGED,
        }
    }

    pub(super) fn tag(self) -> Option<u32> {
        (self.tag != UNTAGGED).then_some(self.tag)
    }
}

/// How rows are told to disappear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Key {
        user: u32,
        status: u32,
    },
    Prefix {
        user: u32,
    },
    Tag(u32),
    /// Any user, one status: a `*` in the middle.
    Middle {
        status: u32,
    },
    All,
}

/// Rows that disappear together.
pub(super) struct Group {
    pub(super) how: How,
    pub(super) name: &'static str,
    pub(super) rows: Vec<Row>,
}

/// All that is in a cache.
pub(super) struct Rows {
    pub(super) entries: u32,
    ordinary: u32,
    /// In the order of the report; the last is all of them.
    pub(super) groups: Vec<Group>,
}

impl Rows {
    pub(super) fn new(entries: u32) -> Self {
        let mut groups = Vec::new();
        let matching = || MATCHING.into_iter().filter(|count| *count <= entries / 10);
        groups.push(Group {
            how: How::Key {
                user: PREFIXED,
                status: 0,
            },
            name: "one key",
            rows: vec![Row::untagged(PREFIXED, 0)],
        });
        for count in matching() {
            let user = PREFIXED + count;
            groups.push(Group {
                how: How::Prefix { user },
                name: "prefix",
                rows: (0..count)
                    .map(|status| Row::untagged(user, status))
                    .collect(),
            });
        }
        for count in matching() {
            let row = |n| Row {
                user: TAGGED + count + n / STATUSES,
                status: n % STATUSES,
                tag: count,
            };
            groups.push(Group {
                how: How::Tag(count),
                name: "tag",
                rows: (0..count).map(row).collect(),
            });
        }
        for count in matching() {
            let status = STATUSES + count;
            groups.push(Group {
                how: How::Middle { status },
                name: "`*` in the middle",
                rows: (MARKED..MARKED + count)
                    .map(|user| Row::untagged(user, status))
                    .collect(),
            });
        }
        let special: usize = groups.iter().map(|group| group.rows.len()).sum();
        let ordinary = entries - u32::try_from(special).unwrap_or(entries);
        Self {
            entries,
            ordinary,
            groups,
        }
    }

    /// Those that nothing finds but the clearing of everything.
    pub(super) fn ordinary(&self) -> impl Iterator<Item = Row> {
        (0..self.ordinary).map(|n| Row::untagged(n / STATUSES, n % STATUSES))
    }
}
