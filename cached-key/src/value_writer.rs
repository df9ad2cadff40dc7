//! Writes the value of a placeholder.

use std::fmt::{self, Write as _};

use crate::digits;
use crate::escape::{self, Place};
use crate::key_buf::{EMPTY, KeyBuf};
use crate::uuid;

/// How `None` is written.
const NONE: &[u8] = b"%-";

/// Where a type writes its value; different values must write different text.
pub struct ValueWriter<'a> {
    buffer: &'a mut KeyBuf,
    place: Place,
}

impl<'a> ValueWriter<'a> {
    #[inline]
    pub(crate) fn alone(buffer: &'a mut KeyBuf) -> Self {
        Self {
            buffer,
            place: Place::Alone,
        }
    }

    /// Text, escaped.
    #[inline]
    pub fn str(&mut self, value: &str) {
        escape::write(self.buffer, value, self.place);
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
        self.buffer.push(text.as_bytes());
    }

    /// An integer.
    #[inline]
    pub fn unsigned(&mut self, value: u64) {
        digits::write(self.buffer, value);
    }

    /// A UUID in its usual form, in lower case: its first eight bytes and its last, big-endian.
    #[inline]
    pub fn uuid(&mut self, first: u64, last: u64) {
        self.buffer.push(&uuid::text(first, last));
    }

    /// An integer that may be negative.
    #[inline]
    pub fn signed(&mut self, value: i64) {
        if value < 0 {
            self.buffer.push(b"-");
        }
        digits::write(self.buffer, value.unsigned_abs());
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
            self.buffer.set_broken();
        }
    }

    /// `None`, which no other value looks like.
    #[inline]
    pub fn none(&mut self) {
        self.buffer.push(NONE);
    }

    /// `Some`: written as what is in it, unless that is a `None` itself.
    #[inline]
    pub fn some(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        let start = self.buffer.len();
        write(&mut ValueWriter {
            buffer: self.buffer,
            place: self.place,
        });
        if self
            .buffer
            .as_bytes()
            .get(start..)
            .is_some_and(|inner| inner.starts_with(NONE))
        {
            self.buffer.insert(start, NONE);
        }
    }

    /// Several values in one: `(a,b)`.
    #[inline]
    pub fn group(&mut self, items: impl FnOnce(&mut Group<'_>)) {
        self.buffer.push(b"(");
        items(&mut Group {
            buffer: self.buffer,
            is_first: true,
        });
        self.buffer.push(b")");
    }
}

/// The inside of a [`ValueWriter::group`].
pub struct Group<'a> {
    buffer: &'a mut KeyBuf,
    is_first: bool,
}

impl Group<'_> {
    /// The next value; one that writes nothing becomes `%_`.
    #[inline]
    pub fn item(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        if !self.is_first {
            self.buffer.push(b",");
        }
        self.is_first = false;
        let start = self.buffer.len();
        write(&mut ValueWriter {
            buffer: self.buffer,
            place: Place::InGroup,
        });
        if self.buffer.len() == start {
            self.buffer.push(EMPTY);
        }
    }
}
