//! Paths of segments, and the run of them that leads to a node.

use std::iter::zip;

pub(super) fn segments(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b':')
}

#[inline]
pub(in crate::cache) fn first_segment(path: &[u8]) -> &[u8] {
    path.get(..first_separator(path)).unwrap_or(path)
}

/// Where the first segment ends. Eight bytes at a time: segments are short, and a call for each would cost more than this.
#[inline]
fn first_separator(path: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const SEPARATORS: u64 = ONES * b':' as u64;
    let (words, rest) = path.as_chunks();
    for (at, word) in words.iter().enumerate() {
        // A byte that is a separator is zero here; the lowest of the bits that are left is that of the first one.
        let word = u64::from_le_bytes(*word) ^ SEPARATORS;
        let found = word.wrapping_sub(ONES) & !word & (ONES << 7);
        if found != 0 {
            return 8 * at + lowest_byte(found);
        }
    }
    let in_rest = rest.iter().position(|&byte| byte == b':');
    in_rest.map_or(path.len(), |at| 8 * words.len() + at)
}

/// How many bytes two paths begin with alike.
fn common_bytes(a: &[u8], b: &[u8]) -> usize {
    let (words, _) = a.as_chunks();
    let (others, _) = b.as_chunks();
    for (at, (word, other)) in zip(words, others).enumerate() {
        let different = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*other);
        if different != 0 {
            return 8 * at + lowest_byte(different);
        }
    }
    let words = words.len().min(others.len());
    let rest = zip(a, b).skip(8 * words);
    8 * words + rest.take_while(|(a, b)| a == b).count()
}

/// The place of the lowest byte that is not zero.
const fn lowest_byte(word: u64) -> usize {
    word.trailing_zeros() as usize / 8
}

/// Whether the path ends with a segment after this many bytes, which are a part of it.
#[inline]
fn parts_at(path: &[u8], at: usize) -> bool {
    path.get(at).is_none_or(|&byte| byte == b':')
}

#[inline]
pub(super) fn starts_with_segment(path: &[u8], segment: &[u8]) -> bool {
    path.starts_with(segment) && parts_at(path, segment.len())
}

/// How many bytes of two paths are the same whole segments.
#[inline]
pub(super) fn common_segments(a: &[u8], b: &[u8]) -> usize {
    if starts_with_segment(b, a) {
        return a.len();
    }
    common_segments_of_different(a, b)
}

fn common_segments_of_different(a: &[u8], b: &[u8]) -> usize {
    let same = common_bytes(a, b);
    if parts_at(a, same) && parts_at(b, same) {
        return same;
    }
    let start = a.get(..same).unwrap_or_default();
    start.iter().rposition(|&byte| byte == b':').unwrap_or(0)
}

/// What follows the first `at` bytes and their separator.
#[inline]
pub(in crate::cache) fn after(path: &[u8], at: usize) -> &[u8] {
    let rest = path.get(at..).unwrap_or_default();
    rest.strip_prefix(b":").unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::tree::Edge;

    #[test]
    fn paths_part_between_segments() {
        for (a, b, common) in [
            ("user:42", "user:42", 7),
            ("user:42", "user:42:open", 7),
            ("user:42", "user:421", 4),
            ("user:42:open", "user:43:open", 4),
            ("user", "users", 0),
            ("", "user", 0),
            ("", "", 0),
            ("conversations", "conversations", 13),
            ("conversations:1", "conversations:2", 13),
            ("conversations:user:1", "conversations:user:1:status", 20),
            ("conversations:user:12", "conversations:user:1:status", 18),
        ] {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            assert_eq!([common_segments(a, b), common_segments(b, a)], [common; 2]);
        }
    }

    #[test]
    fn a_segment_ends_at_the_first_separator_wherever_that_is() {
        for len in 0..40 {
            let segment = "\u{fe}9;é".repeat(8);
            let segment = segment.as_bytes().get(..len).unwrap();
            assert_eq!(first_segment(segment), segment);
            for rest in [":", ":x", "::", ":;:;:;:;:;:"] {
                let path = [segment, rest.as_bytes()].concat();
                assert_eq!(first_segment(&path), segment);
            }
        }
    }

    #[test]
    fn an_edge_is_its_path_however_long() {
        let path = "segment:".repeat(8);
        for len in 0..path.len() {
            let path = &path.as_bytes()[..len];
            assert_eq!(Edge::new(path).as_bytes(), path);
        }
    }
}
