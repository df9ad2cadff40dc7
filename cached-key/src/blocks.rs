//! Keys as hashes take them.

use std::hash::{Hash, Hasher};

/// The length of a block.
pub(crate) const BLOCK: usize = size_of::<u128>();

/// A hasher that is given more in one piece has faster ways than block by block.
const MANY: usize = 4 * BLOCK;

/// A key to be hashed: sixteen bytes at a time, if it is short.
///
/// The same bytes are the same blocks, whatever they come from.
///
/// ```
/// use std::hash::{BuildHasher, RandomState};
///
/// use cached_key::{Blocks, KeyMemory, KeyWriter};
///
/// let mut memory = KeyMemory::new();
/// let mut key = KeyWriter::new(&mut memory);
/// key.text("conversations:user:");
/// key.value(|value| value.unsigned(42));
///
/// let hasher = RandomState::new();
/// let text: &[u8] = b"conversations:user:42";
/// assert_eq!(hasher.hash_one(Blocks::from(&key)), hasher.hash_one(Blocks::from(text)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Blocks<'a> {
    key: &'a [u8],
    /// What the full blocks leave over, and zeros above it.
    last: u128,
}

impl<'a> Blocks<'a> {
    #[inline]
    pub(crate) const fn new(key: &'a [u8], last: u128) -> Self {
        Self { key, last }
    }

    /// All of the key, in bytes.
    #[inline]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.key
    }
}

impl Hash for Blocks<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.key.len() > MANY {
            return state.write(self.key);
        }
        let (full, rest) = self.key.as_chunks();
        for block in full {
            state.write_u128(u128::from_le_bytes(*block));
        }
        // The highest byte is always free. It tells zeros of the key from those behind it; and no text ends like this.
        let end = 0xf0 | rest.len() as u128;
        state.write_u128(self.last | end << (u128::BITS - 8));
    }
}

impl<'a> From<&'a [u8]> for Blocks<'a> {
    #[inline]
    fn from(key: &'a [u8]) -> Self {
        let (_, rest) = key.as_chunks::<BLOCK>();
        let last = rest.iter().rev();
        let last = last.fold(0, |last, byte| last << 8 | u128::from(*byte));
        Self::new(key, last)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    #[test]
    fn a_zero_is_no_end() {
        let hasher = RandomState::new();
        let all: Vec<_> = (0..=80)
            .map(|len| hasher.hash_one(Blocks::from(&[0; 80][..len])))
            .collect();
        for (len, hash) in all.iter().enumerate() {
            assert!(!all[..len].contains(hash), "{len}");
        }
    }
}
