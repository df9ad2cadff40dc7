//! The memory that keys are rendered into.

use crate::blocks::{BLOCK, Blocks};
use crate::words::{WORD, short};

/// What begins here or behind it is not written by words.
const LIMIT: usize = 512;

/// Two more words, since one is written together with the next.
const INLINE: usize = LIMIT + 2 * WORD;

/// As many bytes as are written by words, even if the compiler does not know them.
const FEW: usize = 2 * CHUNK;

/// How many bytes are copied in one go.
pub(crate) const CHUNK: usize = 2 * WORD;

/// What is kept of the memory that a long key took. The rest is given back when the next key begins, which costs less than to ask
/// for it at the end of each.
const KEPT: usize = 1 << 16;

/// Where a key is put together. It has to be told each time where what was written before ends.
///
/// A key begins where a cache line does, so that a long one lies in as few of them as can be.
#[repr(C, align(64))]
pub(crate) struct Memory {
    /// Written word by word, each in one piece and in its place. Whoever then reads words gets them from where the processor still
    /// has them; what is written in other pieces than it is read in first has to reach its cache.
    inline: [u8; INLINE],
    /// Everything, once it does not fit into `inline`; empty before.
    heap: Vec<u8>,
}

/// Where what is written ends. It is handed on from word to word, lest each has to read it from where the one before left it.
#[derive(Clone, Copy)]
pub(crate) struct End {
    len: usize,
    /// The word that is not full yet.
    last: u64,
}

impl End {
    pub(crate) const START: Self = Self { len: 0, last: 0 };

    #[inline]
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// The block that is not full yet, and zeros above what is in it.
    #[inline]
    fn in_block(self, block: &[u8; BLOCK]) -> u128 {
        let first = block.first_chunk();
        let first = first.map_or(0, |first| u64::from_le_bytes(*first));
        // Of ones, if the last word is the second of the block. A branch would be taken or not as lengths happen to be.
        let is_second = u64::MAX * (self.len / WORD % 2) as u64;
        let (low, high) = (
            first & is_second | self.last & !is_second,
            self.last & is_second,
        );
        u128::from(low) | u128::from(high) << u64::BITS
    }
}

impl Memory {
    #[cold]
    #[inline(never)]
    pub(crate) fn boxed() -> Box<Self> {
        Box::new(Self {
            inline: [0; INLINE],
            heap: Vec::new(),
        })
    }

    /// To be called before a key begins.
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        if !self.heap.is_empty() {
            self.clear_heap();
        }
    }

    #[cold]
    #[inline(never)]
    fn clear_heap(&mut self) {
        self.heap.clear();
        self.heap.shrink_to(KEPT);
    }

    /// What ends there; always UTF-8.
    #[inline(always)]
    pub(crate) fn bytes(&self, end: End) -> &[u8] {
        match self.inline.get(..end.len) {
            Some(bytes) if end.len < LIMIT => bytes,
            _ => self.many_bytes(end),
        }
    }

    #[cold]
    #[inline(never)]
    fn many_bytes(&self, end: End) -> &[u8] {
        match self.inline.get(..end.len) {
            Some(bytes) if self.heap.is_empty() => bytes,
            _ => &self.heap,
        }
    }

    /// The same, to be hashed.
    #[inline(always)]
    pub(crate) fn blocks(&self, end: End) -> Blocks<'_> {
        let (blocks, _) = self.inline.as_chunks::<BLOCK>();
        match blocks.get(end.len / BLOCK) {
            Some(block) if end.len < LIMIT => Blocks::new(self.bytes(end), end.in_block(block)),
            _ => Blocks::from(self.bytes(end)),
        }
    }

    /// Writes bytes that the compiler knows, which so become words while it compiles.
    #[inline(always)]
    pub(crate) fn push(&mut self, mut end: End, bytes: &[u8]) -> End {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            end = self.word(end, u64::from_le_bytes(*word), WORD);
        }
        if rest.is_empty() {
            end
        } else {
            self.word(end, short(rest), rest.len())
        }
    }

    /// Writes any bytes. Many are copied faster than they are shifted into words.
    #[inline]
    pub(crate) fn push_any(&mut self, end: End, bytes: &[u8]) -> End {
        if bytes.len() > FEW
            && let Some(end) = self.copy_if(end, bytes, |_| 0)
        {
            return end;
        }
        self.push_few(end, bytes)
    }

    #[inline(never)]
    fn push_few(&mut self, end: End, bytes: &[u8]) -> End {
        self.push(end, bytes)
    }

    /// Writes bytes chunk by chunk, if there is room for them, they make up a chunk at least, and the `oddness` of each is zero.
    #[inline(always)]
    pub(crate) fn copy_if(
        &mut self,
        end: End,
        bytes: &[u8],
        oddness: impl Fn(u8) -> u8,
    ) -> Option<End> {
        let len = end.len + bytes.len();
        let room = self.inline.get_mut(end.len..len).filter(|_| len < LIMIT)?;
        // Asked about all at the end: a branch for each chunk takes as long as the rest.
        let mut odd = [0; CHUNK];
        let mut look = |chunk: &[u8; CHUNK]| {
            for (odd, byte) in odd.iter_mut().zip(chunk) {
                *odd |= oddness(*byte);
            }
        };
        let (places, _) = room.as_chunks_mut();
        let (chunks, _) = bytes.as_chunks();
        for (place, chunk) in places.iter_mut().zip(chunks) {
            look(chunk);
            *place = *chunk;
        }
        // Partly anew, lest any are left over.
        let tail = bytes.last_chunk()?;
        look(tail);
        *room.last_chunk_mut()? = *tail;
        if u128::from_ne_bytes(odd) != 0 {
            return None;
        }
        // From where it comes from: where it was copied to, it may not have arrived yet.
        let last = u64::from_le_bytes(*tail.last_chunk()?);
        let last = beyond(last, len % WORD);
        Some(End { len, last })
    }

    /// Writes up to eight bytes, the first one lowest; what is above them is zero.
    #[inline(always)]
    pub(crate) fn word(&mut self, end: End, word: u64, len: usize) -> End {
        let (words, _) = self.inline.as_chunks_mut::<WORD>();
        let (at, written) = (end.len / WORD, end.len % WORD);
        let Some([this, next]) = words.get_mut(at..at + 2).filter(|_| end.len < LIMIT) else {
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
    #[inline(never)]
    fn spill(&mut self, end: End, word: u64, len: usize) -> End {
        if self.heap.is_empty() {
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
    pub(crate) fn insert(&mut self, end: End, start: usize, bytes: &[u8]) -> End {
        let written = self.bytes(end).to_vec();
        let (before, after) = written.split_at_checked(start).unwrap_or((&written, &[]));
        self.heap.clear();
        [before, bytes, after]
            .iter()
            .fold(End::START, |end, piece| self.push_any(end, piece))
    }
}

/// The last `len` bytes of a word, less than eight.
#[inline]
const fn beyond(word: u64, len: usize) -> u64 {
    // A word cannot be shifted by all its bits at once.
    (word >> 1) >> (8 * (WORD - len) - 1)
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
    fn check(memory: &Memory, end: End, bytes: &[u8]) {
        assert_eq!(memory.bytes(end), bytes);
        let hasher = RandomState::new();
        let hash = hasher.hash_one(memory.blocks(end));
        assert_eq!(hash, hasher.hash_one(Blocks::from(bytes)));
    }

    #[test]
    fn pieces_end_up_side_by_side_whatever_their_length() {
        let mut memory = Memory::boxed();
        let near_the_end = LIMIT - 40..INLINE + 10;
        for start in (0..20).chain(near_the_end) {
            for len in 0..4 * FEW {
                let pieces = [piece(start), piece(len), piece(3), piece(9)];
                let whole = pieces.concat();
                memory.clear();
                let pieces = pieces.iter().map(String::as_bytes);
                let end = pieces.fold(End::START, |end, piece| memory.push_any(end, piece));
                check(&memory, end, whole.as_bytes());
                memory.clear();
                let bytes = whole.bytes();
                let end = bytes.fold(End::START, |end, byte| memory.word(end, byte.into(), 1));
                check(&memory, end, whole.as_bytes());
            }
        }
    }

    #[test]
    fn nothing_is_left_of_what_was_there_before() {
        let mut memory = Memory::boxed();
        for before in [0, 1, 30, LIMIT, 2 * LIMIT] {
            for len in [0, 1, 9, 40, LIMIT, 2 * LIMIT] {
                memory.clear();
                memory.push_any(End::START, piece(before).as_bytes());
                memory.clear();
                let end = memory.push_any(End::START, piece(len).as_bytes());
                check(&memory, end, piece(len).as_bytes());
            }
        }
    }
}
