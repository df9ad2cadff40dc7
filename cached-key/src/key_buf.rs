//! The buffer that a call renders its key into.

use std::{cell::Cell, fmt, mem};

use crate::value_writer::ValueWriter;

const INLINE: usize = 256;

/// What a thread keeps of the memory that its last long key took, so that the next one need not allocate.
const KEPT: usize = 1 << 16;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// How a value that writes nothing is written.
pub(crate) const EMPTY: &[u8] = b"%_";

/// A key in the making: text of the template and escaped values in turn.
///
/// Up to 256 bytes it stays on the stack; the memory for more, up to 64 KiB, is kept for the thread's next long key.
///
/// ```
/// use cached_key::{Key, KeyBuf};
///
/// let mut key = KeyBuf::new();
/// key.text("conversations:user:");
/// key.value(|value| value.unsigned(42));
/// key.text(":status:");
/// key.value(|value| value.str("a:b"));
/// assert_eq!(Key::from(&key).as_str(), "conversations:user:42:status:a%3Ab");
/// ```
#[derive(Clone)]
pub struct KeyBuf {
    inline: [u8; INLINE],
    len: usize,
    /// Everything, once `len` is beyond `INLINE`; unused before.
    heap: Vec<u8>,
    broken: bool,
}

impl KeyBuf {
    /// An empty buffer.
    #[inline]
    pub const fn new() -> Self {
        Self {
            inline: [0; INLINE],
            len: 0,
            heap: Vec::new(),
            broken: false,
        }
    }

    /// Text of a checked template, as it is.
    #[inline]
    pub fn text(&mut self, literal: &str) {
        self.push(literal.as_bytes());
    }

    /// The value of one placeholder; one that writes nothing becomes `%_`.
    #[inline]
    pub fn value(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        let start = self.len;
        write(&mut ValueWriter::alone(self));
        if self.len == start {
            self.push(EMPTY);
        }
    }

    /// What has been written; always UTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        // Beyond `INLINE` the range does not exist.
        self.inline.get(..self.len).unwrap_or(&self.heap)
    }

    /// Whether a value failed to write itself: the key must not be used.
    #[inline]
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Empties the buffer, to use it again.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
        self.heap.clear();
        self.broken = false;
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match self.inline.get_mut(self.len..end) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len = end;
            }
            None => self.spill(bytes),
        }
    }

    /// Writes the first `len` of eight bytes; a copy of fixed size is one instruction.
    #[inline]
    pub(crate) fn push_start(&mut self, bytes: [u8; 8], len: usize) {
        match self.inline.get_mut(self.len..self.len + bytes.len()) {
            Some(room) => {
                room.copy_from_slice(&bytes);
                self.len += len;
            }
            None => self.push(bytes.get(..len).unwrap_or_default()),
        }
    }

    /// Writes eight to sixteen bytes, of which these are the first and the last eight.
    #[inline]
    pub(crate) fn push_ends(&mut self, first: [u8; 8], last: [u8; 8], len: usize) {
        let overlap = 16 - len;
        self.push_start(first, 8 - overlap);
        self.push_start(last, 8);
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        if let Some(inline) = self.inline.get(..self.len) {
            if self.heap.capacity() == 0 {
                self.heap = SPARE.try_with(Cell::take).unwrap_or_default();
            }
            self.heap.reserve(2 * INLINE + bytes.len());
            self.heap.extend_from_slice(inline);
        }
        self.heap.extend_from_slice(bytes);
        self.len = self.heap.len();
    }

    /// Puts `bytes` before what was written from `start` on.
    #[cold]
    pub(crate) fn insert(&mut self, start: usize, bytes: &[u8]) {
        let written = self.as_bytes().to_vec();
        let (before, after) = written.split_at_checked(start).unwrap_or((&written, &[]));
        self.len = 0;
        self.heap.clear();
        for piece in [before, bytes, after] {
            self.push(piece);
        }
    }

    pub(crate) fn set_broken(&mut self) {
        self.broken = true;
    }
}

impl Drop for KeyBuf {
    #[inline]
    fn drop(&mut self) {
        if self.heap.capacity() > 0 {
            give_back(mem::take(&mut self.heap));
        }
    }
}

#[cold]
fn give_back(mut heap: Vec<u8>) {
    heap.clear();
    if heap.capacity() <= KEPT {
        let _ = SPARE.try_with(|spare| spare.set(heap));
    }
}

impl Default for KeyBuf {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for KeyBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyBuf")
            .field(&String::from_utf8_lossy(self.as_bytes()))
            .finish()
    }
}
