//! Writes a key.

use std::fmt;

use crate::blocks::Blocks;
use crate::escape::Place;
use crate::key_memory::KeyMemory;
use crate::memory::{End, Memory};
use crate::value_writer::ValueWriter;

/// A key in the making: text of the template and escaped values in turn.
///
/// ```
/// use cached_key::{Key, KeyMemory, KeyWriter};
///
/// let mut memory = KeyMemory::new();
/// let mut key = KeyWriter::new(&mut memory);
/// key.text("conversations:user:");
/// key.value(|value| value.unsigned(42));
/// key.text(":status:");
/// key.value(|value| value.str("a:b"));
/// assert_eq!(Key::from(&key).as_str(), "conversations:user:42:status:a%3Ab");
/// ```
pub struct KeyWriter<'a> {
    memory: &'a mut Memory,
    end: End,
    broken: bool,
}

impl<'a> KeyWriter<'a> {
    /// Begins a key in `memory`, whatever was there before.
    #[inline(always)]
    pub fn new(memory: &'a mut KeyMemory) -> Self {
        Self {
            memory: memory.cleared(),
            end: End::START,
            broken: false,
        }
    }

    /// Text of a checked template, as it is.
    #[inline(always)]
    pub fn text(&mut self, literal: &str) {
        self.end = self.memory.push(self.end, literal.as_bytes());
    }

    /// The value of one placeholder; one that writes nothing becomes `%_`.
    #[inline(always)]
    pub fn value(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        let (end, broken) = ValueWriter::write(self.memory, self.end, Place::Alone, write);
        self.end = end;
        self.broken |= broken;
    }

    /// What has been written; always UTF-8.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        self.memory.bytes(self.end)
    }

    /// Whether a value failed to write itself: the key must not be used.
    #[inline(always)]
    pub fn is_broken(&self) -> bool {
        self.broken
    }
}

impl<'a> From<&'a KeyWriter<'_>> for Blocks<'a> {
    #[inline(always)]
    fn from(key: &'a KeyWriter<'_>) -> Self {
        key.memory.blocks(key.end)
    }
}

impl fmt::Debug for KeyWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyWriter")
            .field(&String::from_utf8_lossy(self.as_bytes()))
            .finish()
    }
}
