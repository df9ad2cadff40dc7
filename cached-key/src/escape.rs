//! Writes a value so that it never forges a separator, a wildcard or a bracket.

use crate::key_buf::KeyBuf;

/// Never in a value as it is.
const ALWAYS: u8 = 1;
/// Never in an item of a group as it is.
const IN_GROUP: u8 = 2;
/// The first byte of characters some of which are white space or control characters.
const LOOK: u8 = 4;

/// How many bytes are looked at in one go.
const CHUNK: usize = 8;

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

#[inline]
pub(crate) fn write(buffer: &mut KeyBuf, value: &str, place: Place) {
    let mask = place.mask();
    let is_plain = |bytes: &[u8]| bytes.iter().all(|byte| class(*byte) & (mask | LOOK) == 0);
    let (chunks, rest) = value.as_bytes().as_chunks::<CHUNK>();
    if chunks
        .iter()
        .all(|chunk| is_surely_plain(chunk) || is_plain(chunk))
        && is_plain(rest)
    {
        buffer.push(value.as_bytes());
    } else {
        write_slowly(buffer, value, mask);
    }
}

/// Rough and fast: four ranges that hold all that may need an escape, and little else.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without branches all bytes are compared at once"
)]
fn is_surely_plain(chunk: &[u8]) -> bool {
    let odd = chunk.iter().fold(false, |odd, byte| {
        odd | (*byte < b'-')
            | (byte.wrapping_sub(b':') < 6)
            | (byte.wrapping_sub(b'[') < 3)
            | (*byte > b'z')
    });
    !odd
}

#[inline(never)]
fn write_slowly(buffer: &mut KeyBuf, value: &str, mask: u8) {
    let mut rest = value;
    while let Some(at) = rest
        .bytes()
        .position(|byte| class(byte) & (mask | LOOK) != 0)
    {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let width = tail.chars().next().map_or(0, char::len_utf8);
        let (odd, tail) = tail.split_at_checked(width).unwrap_or((tail, ""));

        buffer.push(plain.as_bytes());
        if odd.contains(|c| must_escape(c, mask)) {
            for byte in odd.bytes() {
                buffer.push(&[b'%', hex(byte >> 4), hex(byte & 15)]);
            }
        } else {
            buffer.push(odd.as_bytes());
        }
        rest = tail;
    }
    buffer.push(rest.as_bytes());
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
            let chunk = [b'a', b'0', b'-', byte, b'z', b'Z', b'9', b'_'];
            if is_surely_plain(&chunk) {
                assert_eq!(class(byte), 0, "{byte:#x}");
            }
        }
    }

    #[test]
    fn escapes_are_upper_case_bytes() {
        let mut buffer = KeyBuf::new();
        write(&mut buffer, "a:b\u{2003}é%,", Place::Alone);
        write(&mut buffer, ",(", Place::InGroup);
        assert_eq!(buffer.as_bytes(), "a%3Ab%E2%80%83é%25,%2C%28".as_bytes());
    }
}
