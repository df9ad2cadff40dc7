//! Writes the value of a placeholder.

use std::fmt::{self, Write as _};

use crate::digits;
use crate::escape::{self, Place};
use crate::memory::{End, Memory};
use crate::uuid;

/// How a value that writes nothing is written.
const EMPTY: &[u8] = b"%_";

/// How `None` is written.
const NONE: &[u8] = b"%-";

/// Where a type writes its value; different values must write different text.
pub struct ValueWriter<'a> {
    memory: &'a mut Memory,
    end: End,
    place: Place,
    /// Whether a `None` was written.
    none: bool,
    broken: bool,
}

impl<'a> ValueWriter<'a> {
    /// Writes a value, in whose stead there is `%_` if it writes nothing. Says where it ends, and whether it failed.
    #[inline(always)]
    pub(crate) fn write(
        memory: &'a mut Memory,
        start: End,
        place: Place,
        write: impl FnOnce(&mut Self),
    ) -> (End, bool) {
        let mut writer = Self {
            memory,
            end: start,
            place,
            none: false,
            broken: false,
        };
        write(&mut writer);
        if writer.end.len() == start.len() {
            writer.push(EMPTY);
        }
        (writer.end, writer.broken)
    }

    #[inline(always)]
    fn push(&mut self, bytes: &[u8]) {
        self.end = self.memory.push(self.end, bytes);
    }

    /// Text, escaped.
    #[inline(always)]
    pub fn str(&mut self, value: &str) {
        self.end = escape::write(self.memory, self.end, value, self.place);
    }

    /// A character, escaped.
    #[inline]
    pub fn char(&mut self, value: char) {
        self.str(value.encode_utf8(&mut [0; 4]));
    }

    /// Text that needs no escape: nothing but `0-9 A-Z a-z + . _ -`.
    #[inline]
    pub fn plain(&mut self, text: &str) {
        debug_assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+._-".contains(&byte)),
            "not plain: {text:?}"
        );
        self.end = self.memory.push_any(self.end, text.as_bytes());
    }

    /// An integer.
    #[inline(always)]
    pub fn unsigned(&mut self, value: u64) {
        self.end = digits::write(self.memory, self.end, value);
    }

    /// A UUID in its usual form, in lower case: its first eight bytes and its last, big-endian.
    #[inline(always)]
    pub fn uuid(&mut self, first: u64, last: u64) {
        for (word, len) in uuid::text(first, last) {
            self.end = self.memory.word(self.end, word, len);
        }
    }

    /// An integer that may be negative.
    #[inline(always)]
    pub fn signed(&mut self, value: i64) {
        if value < 0 {
            self.push(b"-");
        }
        self.unsigned(value.unsigned_abs());
    }

    /// Anything that can be printed, escaped; a `Display` that fails breaks the key.
    pub fn display(&mut self, value: &dyn fmt::Display) {
        struct Escaped<'a, 'b>(&'a mut ValueWriter<'b>);

        impl fmt::Write for Escaped<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.str(text);
                Ok(())
            }
        }

        if write!(Escaped(self), "{value}").is_err() {
            self.broken = true;
        }
    }

    /// `None`, which no other value looks like.
    #[inline(always)]
    pub fn none(&mut self) {
        self.none = true;
        self.push(NONE);
    }

    /// `Some`: written as what is in it, unless that is a `None` itself.
    #[inline(always)]
    pub fn some(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        let start = self.end.len();
        write(self);
        // What has just been written is not at hand yet, so it is only looked at if need be.
        if self.none {
            self.some_none(start);
        }
    }

    #[cold]
    #[inline(never)]
    fn some_none(&mut self, start: usize) {
        let inner = self.memory.bytes(self.end).get(start..);
        if inner.is_some_and(|inner| inner.starts_with(NONE)) {
            self.end = self.memory.insert(self.end, start, NONE);
        }
    }

    /// Several values in one: `(a,b)`.
    #[inline]
    pub fn group(&mut self, items: impl FnOnce(&mut Group<'_>)) {
        self.push(b"(");
        let mut group = Group {
            memory: self.memory,
            end: self.end,
            is_first: true,
            broken: false,
        };
        items(&mut group);
        self.end = group.end;
        self.broken |= group.broken;
        self.push(b")");
    }
}

/// The inside of a [`ValueWriter::group`].
pub struct Group<'a> {
    memory: &'a mut Memory,
    end: End,
    is_first: bool,
    broken: bool,
}

impl Group<'_> {
    /// The next value; one that writes nothing becomes `%_`.
    #[inline]
    pub fn item(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        if !self.is_first {
            self.end = self.memory.push(self.end, b",");
        }
        self.is_first = false;
        let (end, broken) = ValueWriter::write(self.memory, self.end, Place::InGroup, write);
        self.end = end;
        self.broken |= broken;
    }
}
