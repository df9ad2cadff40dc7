//! Writes a value so that it never forges a separator, a wildcard or a bracket.

use crate::memory::{CHUNK, End, Memory};
use crate::words::{WORD, short};

/// Never in a value as it is.
const ALWAYS: u8 = 1;
/// Never in an item of a group as it is.
const IN_GROUP: u8 = 2;
/// The first byte of characters some of which are white space or control characters.
const LOOK: u8 = 4;

static CLASSES: [u8; 256] = classes();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which checks every index"
)]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte <= b' ' {
        classes[byte as usize] = ALWAYS;
        byte += 1;
    }
    classes[0x7f] = ALWAYS;
    let special = b"%:*<>?[]{}\\";
    let mut at = 0;
    while at < special.len() {
        classes[special[at] as usize] = ALWAYS;
        at += 1;
    }
    classes[b',' as usize] = IN_GROUP;
    classes[b'(' as usize] = IN_GROUP;
    classes[b')' as usize] = IN_GROUP;
    classes[0xc2] = LOOK;
    classes[0xe1] = LOOK;
    classes[0xe2] = LOOK;
    classes[0xe3] = LOOK;
    classes
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Alone,
    InGroup,
}

impl Place {
    #[inline]
    const fn mask(self) -> u8 {
        match self {
            Self::Alone => ALWAYS,
            Self::InGroup => ALWAYS | IN_GROUP,
        }
    }
}

/// A character of a template that keeps the values on both sides of it apart.
pub(crate) fn is_never_in_a_value(c: char) -> bool {
    // `%` starts every escape.
    c != '%' && must_escape(c, ALWAYS)
}

/// Writes behind `end`, and says what that is now.
///
/// Does a short value that needs no escape itself, and hands over all others as they came. So it gets by with the registers that
/// are free in a call, and need not save any.
#[inline(never)]
pub(crate) fn write(memory: &mut Memory, end: End, value: &str, place: Place) -> End {
    if value.len() > CHUNK {
        return write_any(memory, end, value, place);
    }
    if value.len() > WORD {
        return write_two(memory, end, value, place);
    }
    let word = short(value.as_bytes());
    let padding = u64::from_le_bytes([b'a'; WORD]) << (4 * value.len()) << (4 * value.len());
    if is_surely_plain(word | padding) {
        memory.word(end, word, value.len())
    } else {
        write_any(memory, end, value, place)
    }
}

/// Nine to sixteen bytes.
#[inline(never)]
fn write_two(memory: &mut Memory, end: End, value: &str, place: Place) -> End {
    let bytes = value.as_bytes();
    let words = bytes.first_chunk().zip(bytes.last_chunk());
    let words = words.map(|(first, last)| [first, last].map(|word| u64::from_le_bytes(*word)));
    match words {
        Some([first, last]) if is_surely_plain(first) && is_surely_plain(last) => {
            let end = memory.word(end, first, WORD);
            // Without what both have.
            let beyond = bytes.len() - WORD;
            memory.word(end, last >> (8 * (WORD - beyond)), beyond)
        }
        _ => write_any(memory, end, value, place),
    }
}

#[inline(never)]
fn write_any(memory: &mut Memory, end: End, value: &str, place: Place) -> End {
    memory
        .copy_if(end, value.as_bytes(), oddness)
        .unwrap_or_else(|| write_with_care(memory, end, value, place.mask()))
}

/// Rough and fast to look for: nothing in these ranges needs an escape, and outside of them little does not.
const RANGES: [(u8, u8); 3] = [(b'-', b'9'), (b'@', b'Z'), (b'^', b'z')];

/// Whether all bytes of a word are in a range. One that was put together lies in a register, and need not go elsewhere for this.
#[inline]
fn is_surely_plain(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    // The highest bit of a byte says whether it was at least so much, where all are ASCII.
    let at_least = |least: u8| word.wrapping_add(ONES * u64::from(0x80 - least));
    let ranges = RANGES.iter();
    let plain = ranges.fold(0, |plain, (first, last)| {
        plain ^ at_least(*first) ^ at_least(*last + 1)
    });
    plain & !word & (ONES << 7) == ONES << 7
}

/// Zero for a byte in a range. There is nothing to decide in it, so the bytes of a chunk are looked at at once.
#[inline(always)]
fn oddness(byte: u8) -> u8 {
    let beyond = |(first, last): (u8, u8)| byte.wrapping_sub(first).saturating_sub(last - first);
    RANGES.map(beyond).into_iter().fold(u8::MAX, u8::min)
}

#[inline(never)]
fn write_with_care(memory: &mut Memory, mut end: End, value: &str, mask: u8) -> End {
    let mut rest = value;
    while let Some(at) = rest
        .bytes()
        .position(|byte| class(byte) & (mask | LOOK) != 0)
    {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let width = tail.chars().next().map_or(0, char::len_utf8);
        let (odd, tail) = tail.split_at_checked(width).unwrap_or((tail, ""));

        end = memory.push_any(end, plain.as_bytes());
        if odd.contains(|c| must_escape(c, mask)) {
            for byte in odd.bytes() {
                end = memory.push_any(end, &[b'%', hex(byte >> 4), hex(byte & 15)]);
            }
        } else {
            end = memory.push_any(end, odd.as_bytes());
        }
        rest = tail;
    }
    memory.push_any(end, rest.as_bytes())
}

fn must_escape(c: char, mask: u8) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => class(byte) & mask != 0,
        _ => c.is_whitespace() || c.is_control(),
    }
}

#[inline]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

fn hex(digit: u8) -> u8 {
    if digit < 10 {
        b'0' + digit
    } else {
        b'A' + digit - 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[(&str, Place)]) -> Vec<u8> {
        let mut memory = Memory::boxed();
        let pieces = pieces.iter();
        let end = pieces.fold(End::START, |end, (value, place)| {
            write(&mut memory, end, value, *place)
        });
        memory.bytes(end).to_vec()
    }

    #[test]
    fn the_table_knows_every_character_to_escape() {
        for c in '\0'..=char::MAX {
            let mut bytes = [0; 4];
            let first = c.encode_utf8(&mut bytes).as_bytes()[0];
            if must_escape(c, ALWAYS) {
                assert_ne!(class(first) & (ALWAYS | LOOK), 0, "{c:?}");
            }
            if c.is_whitespace() || c.is_control() || "%:*<>?[]{}\\".contains(c) {
                assert!(must_escape(c, ALWAYS), "{c:?}");
            }
        }
    }

    #[test]
    fn the_rough_look_lets_nothing_through() {
        for byte in 0..=u8::MAX {
            let word = [b'a', b'0', b'-', byte, b'z', b'Z', b'9', b'_'];
            let plain = oddness(byte) == 0;
            if plain {
                assert_eq!(class(byte), 0, "{byte:#x}");
            }
            assert_eq!(is_surely_plain(u64::from_le_bytes(word)), plain);
        }
    }

    #[test]
    fn what_is_plain_is_written_as_it_is_whatever_its_length() {
        let text = "Az0._-+"
            .chars()
            .cycle()
            .take(4 * CHUNK + 1)
            .collect::<String>();
        for length in 0..=text.len() {
            let text = &text[..length];
            assert_eq!(written(&[(text, Place::Alone)]), text.as_bytes());
        }
    }

    #[test]
    fn an_odd_character_is_found_wherever_it_is() {
        for length in 1..=4 * CHUNK + 1 {
            for at in 0..length {
                let (before, after) = ("x".repeat(at), "y".repeat(length - at - 1));
                let value = format!("{before}:{after}");
                let escaped = format!("{before}%3A{after}");
                assert_eq!(written(&[(&value, Place::Alone)]), escaped.as_bytes());
            }
        }
    }

    #[test]
    fn escapes_are_upper_case_bytes() {
        let pieces = [("a:b\u{2003}é%,", Place::Alone), (",(", Place::InGroup)];
        assert_eq!(written(&pieces), "a%3Ab%E2%80%83é%25,%2C%28".as_bytes());
    }
}
