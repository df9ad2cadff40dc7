//! Text by words: bytes that lie in a register.

/// As many bytes as a word has.
pub(crate) const WORD: usize = size_of::<u64>();

/// Up to eight bytes, and zeros above them. A copy of any length takes a call, and this does not.
#[inline]
pub(crate) fn short(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
        first | last << (8 * (bytes.len() - 4))
    } else {
        // Of three bytes these are all, and of fewer some are the same.
        let (middle, last) = (bytes.len() / 2, bytes.len().saturating_sub(1));
        let places = [0, middle, last];
        places.into_iter().fold(0, |word, at| {
            let byte = bytes.get(at).copied().unwrap_or_default();
            word | u64::from(byte) << (8 * at)
        })
    }
}
