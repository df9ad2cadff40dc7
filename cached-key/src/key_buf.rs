//! The buffer that a call renders its key into.

use std::{cell::Cell, fmt, mem};

use crate::blocks::{BLOCK, Blocks};
use crate::escape::Place;
use crate::value_writer::ValueWriter;
use crate::words::{WORD, short};

/// If it were larger, filling it with zeros would take a call.
const INLINE: usize = 256;

/// As many bytes as are written by words, even if the compiler does not know them.
const FEW: usize = 4 * WORD;

/// What a thread keeps of the memory that its last long key took, so that the next one need not allocate.
const KEPT: usize = 1 << 16;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A key in the making: text of the template and escaped values in turn.
///
/// Up to 247 bytes it stays on the stack; the memory for more, up to 64 KiB, is kept for the thread's next long key.
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
    /// Written word by word, each in one piece and in its place, with zeros behind the last. Whoever then reads words gets them
    /// from where the processor still has them; what is written in other pieces than it is read in first has to reach its cache.
    inline: [u8; INLINE],
    end: End,
    /// Everything, once it does not fit into `inline`; empty before.
    heap: Vec<u8>,
    broken: bool,
}

/// Where what is written ends. It is handed on from word to word, lest each has to read it from where the one before left it.
#[derive(Clone, Copy)]
pub(crate) struct End {
    len: usize,
    /// The word that is not full yet.
    last: u64,
}

impl End {
    const START: Self = Self { len: 0, last: 0 };
}

impl KeyBuf {
    /// An empty buffer.
    #[inline]
    pub const fn new() -> Self {
        Self {
            inline: [0; INLINE],
            end: End::START,
            heap: Vec::new(),
            broken: false,
        }
    }

    /// Text of a checked template, as it is.
    #[inline(always)]
    pub fn text(&mut self, literal: &str) {
        self.push(literal.as_bytes());
    }

    /// The value of one placeholder; one that writes nothing becomes `%_`.
    #[inline(always)]
    pub fn value(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        ValueWriter::write(self, Place::Alone, write);
    }

    /// What has been written; always UTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match self.inline.get(..self.end.len) {
            Some(bytes) if self.heap.is_empty() => bytes,
            _ => &self.heap,
        }
    }

    /// Whether a value failed to write itself: the key must not be used.
    #[inline]
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Empties the buffer, to use it again.
    #[inline]
    pub fn clear(&mut self) {
        self.inline = [0; INLINE];
        self.end = End::START;
        self.heap.clear();
        self.broken = false;
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.end.len
    }

    #[inline]
    pub(crate) fn end(&self) -> End {
        self.end
    }

    #[inline]
    pub(crate) fn set_end(&mut self, end: End) {
        self.end = end;
    }

    /// Writes bytes that the compiler knows, which so become words while it compiles.
    #[inline(always)]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.push_word(u64::from_le_bytes(*word), WORD);
        }
        if !rest.is_empty() {
            self.push_word(short(rest), rest.len());
        }
    }

    /// Writes any bytes. Many are copied faster than they are shifted into words.
    #[inline]
    pub(crate) fn push_any(&mut self, bytes: &[u8]) {
        let len = self.end.len + bytes.len();
        let room = self.inline.get_mut(self.end.len..len);
        match (room, bytes.last_chunk()) {
            (Some(room), Some(tail)) if bytes.len() > FEW => {
                room.copy_from_slice(bytes);
                // From where it comes from: where it was copied to, it may not have arrived yet.
                let last = beyond(u64::from_le_bytes(*tail), len % WORD);
                self.end = End { len, last };
            }
            _ => self.push_few(bytes),
        }
    }

    #[inline(never)]
    fn push_few(&mut self, bytes: &[u8]) {
        self.push(bytes);
    }

    /// Writes up to eight bytes, the first one lowest; what is above them is zero.
    #[inline(always)]
    pub(crate) fn push_word(&mut self, word: u64, len: usize) {
        self.end = self.word(self.end, word, len);
    }

    /// The same behind `end`. Returns where that ends, which is for the caller to note.
    #[inline(always)]
    pub(crate) fn word(&mut self, end: End, word: u64, len: usize) -> End {
        let (words, _) = self.inline.as_chunks_mut::<WORD>();
        let (at, written) = (end.len / WORD, end.len % WORD);
        let Some([this, next]) = words.get_mut(at..at + 2) else {
            return self.spill(end, word, len);
        };
        let full = end.last | word << (8 * written);
        let beyond = beyond(word, written);
        *this = full.to_le_bytes();
        *next = beyond.to_le_bytes();
        End {
            len: end.len + len,
            last: if written + len < WORD { full } else { beyond },
        }
    }

    #[cold]
    fn spill(&mut self, end: End, word: u64, len: usize) -> End {
        if self.heap.is_empty() {
            if self.heap.capacity() == 0 {
                self.heap = SPARE.try_with(Cell::take).unwrap_or_default();
            }
            self.heap.reserve(2 * INLINE);
            let inline = self.inline.get(..end.len);
            self.heap.extend_from_slice(inline.unwrap_or_default());
        }
        let bytes = word.to_le_bytes();
        let bytes = bytes.get(..len).unwrap_or_default();
        self.heap.extend_from_slice(bytes);
        End {
            len: self.heap.len(),
            last: 0,
        }
    }

    /// Puts `bytes` before what was written from `start` on.
    #[cold]
    pub(crate) fn insert(&mut self, start: usize, bytes: &[u8]) {
        let written = self.as_bytes().to_vec();
        let (before, after) = written.split_at_checked(start).unwrap_or((&written, &[]));
        self.clear();
        for piece in [before, bytes, after] {
            self.push_any(piece);
        }
    }

    pub(crate) fn set_broken(&mut self) {
        self.broken = true;
    }
}

impl<'a> From<&'a KeyBuf> for Blocks<'a> {
    #[inline]
    fn from(key: &'a KeyBuf) -> Self {
        let bytes = key.as_bytes();
        let (blocks, _) = key.inline.as_chunks();
        match blocks.get(bytes.len() / BLOCK) {
            Some(last) if key.heap.is_empty() => Self::new(bytes, u128::from_le_bytes(*last)),
            _ => Self::from(bytes),
        }
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

/// The last `len` bytes of a word, less than eight.
#[inline]
const fn beyond(word: u64, len: usize) -> u64 {
    // A word cannot be shifted by all its bits at once.
    (word >> 1) >> (8 * (WORD - len) - 1)
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

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    const TEXT: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+._-";

    fn piece(len: usize) -> String {
        TEXT.chars().cycle().take(len).collect()
    }

    /// That it has these bytes, and blocks like theirs.
    fn check(buffer: &KeyBuf, bytes: &[u8]) {
        assert_eq!(buffer.as_bytes(), bytes);
        let hasher = RandomState::new();
        let hash = hasher.hash_one(Blocks::from(buffer));
        assert_eq!(hash, hasher.hash_one(Blocks::from(bytes)));
    }

    #[test]
    fn pieces_end_up_side_by_side_whatever_their_length() {
        let near_the_end = INLINE - 40..INLINE + 10;
        for start in (0..20).chain(near_the_end) {
            for len in 0..4 * FEW {
                let pieces = [piece(start), piece(len), piece(3), piece(9)];
                let mut buffer = KeyBuf::new();
                for piece in &pieces {
                    buffer.push_any(piece.as_bytes());
                }
                check(&buffer, pieces.concat().as_bytes());
                let mut buffer = KeyBuf::new();
                for piece in &pieces {
                    piece
                        .bytes()
                        .for_each(|byte| buffer.push_word(byte.into(), 1));
                }
                check(&buffer, pieces.concat().as_bytes());
            }
        }
    }

    #[test]
    fn nothing_is_left_of_what_was_there_before() {
        for before in [0, 1, 30, INLINE, 2 * INLINE] {
            for len in [0, 1, 9, 40, INLINE, 2 * INLINE] {
                let mut buffer = KeyBuf::new();
                buffer.push_any(piece(before).as_bytes());
                buffer.clear();
                buffer.push_any(piece(len).as_bytes());
                check(&buffer, piece(len).as_bytes());
            }
        }
    }
}
