//! Writes the value of a placeholder.

use std::fmt::{self, Write as _};

use crate::digits;
use crate::escape::{self, Place};
use crate::key_buf::KeyBuf;
use crate::uuid;

/// How a value that writes nothing is written.
const EMPTY: &[u8] = b"%_";

/// How `None` is written.
const NONE: &[u8] = b"%-";

/// Where a type writes its value; different values must write different text.
pub struct ValueWriter<'a> {
    buffer: &'a mut KeyBuf,
    place: Place,
    /// Whether anything was written.
    begun: bool,
    /// Whether a `None` was written.
    none: bool,
}

impl<'a> ValueWriter<'a> {
    #[inline]
    fn new(buffer: &'a mut KeyBuf, place: Place) -> Self {
        Self {
            buffer,
            place,
            begun: false,
            none: false,
        }
    }

    /// Writes a value, in whose stead there is `%_` if it writes nothing.
    #[inline(always)]
    pub(crate) fn write(buffer: &'a mut KeyBuf, place: Place, write: impl FnOnce(&mut Self)) {
        let mut writer = Self::new(buffer, place);
        write(&mut writer);
        if !writer.begun {
            writer.buffer.push_any(EMPTY);
        }
    }

    /// Text, escaped.
    #[inline(always)]
    pub fn str(&mut self, value: &str) {
        self.begun |= !value.is_empty();
        let end = escape::write(self.buffer, self.buffer.end(), value, self.place);
        self.buffer.set_end(end);
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
        self.begun |= !text.is_empty();
        self.buffer.push_any(text.as_bytes());
    }

    /// An integer.
    #[inline(always)]
    pub fn unsigned(&mut self, value: u64) {
        self.begun = true;
        let end = digits::write(self.buffer, self.buffer.end(), value);
        self.buffer.set_end(end);
    }

    /// A UUID in its usual form, in lower case: its first eight bytes and its last, big-endian.
    #[inline(always)]
    pub fn uuid(&mut self, first: u64, last: u64) {
        self.begun = true;
        for (word, len) in uuid::text(first, last) {
            self.buffer.push_word(word, len);
        }
    }

    /// An integer that may be negative.
    #[inline(always)]
    pub fn signed(&mut self, value: i64) {
        if value < 0 {
            self.buffer.push(b"-");
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
            self.buffer.set_broken();
        }
    }

    /// `None`, which no other value looks like.
    #[inline(always)]
    pub fn none(&mut self) {
        self.begun = true;
        self.none = true;
        self.buffer.push(NONE);
    }

    /// `Some`: written as what is in it, unless that is a `None` itself.
    #[inline(always)]
    pub fn some(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        let start = self.buffer.len();
        let mut inner = ValueWriter::new(self.buffer, self.place);
        write(&mut inner);
        self.begun |= inner.begun;
        // What has just been written is not at hand yet, so it is only looked at if need be.
        if inner.none {
            self.none = true;
            self.some_none(start);
        }
    }

    #[cold]
    fn some_none(&mut self, start: usize) {
        let inner = self.buffer.as_bytes().get(start..);
        if inner.is_some_and(|inner| inner.starts_with(NONE)) {
            self.buffer.insert(start, NONE);
        }
    }

    /// Several values in one: `(a,b)`.
    #[inline]
    pub fn group(&mut self, items: impl FnOnce(&mut Group<'_>)) {
        self.begun = true;
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
        ValueWriter::write(self.buffer, Place::InGroup, write);
    }
}
