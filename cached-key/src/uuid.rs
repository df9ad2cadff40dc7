//! Writes a UUID without `fmt`.

use crate::words::WORD;

const HALF: usize = WORD / 2;

/// Its usual form, 32 digits in five groups, made of its first eight bytes and its last: words and how long they are.
#[inline]
pub(crate) fn text(first: u64, last: u64) -> [(u64, usize); 6] {
    let [a, b, c, d] = [first >> 32, first, last >> 32, last].map(eight);
    let low = |digits| digits & u64::from(u32::MAX);
    let group = |four| (u64::from(b'-') | four << 8, 1 + HALF);
    [
        (a, WORD),
        group(low(b)),
        group(b >> 32),
        group(low(c)),
        group(c >> 32),
        (d, WORD),
    ]
}

/// The digits of the lower half of a word, the first one lowest.
///
/// Spreads it over all of the word by halves: bytes, then digits, each in a byte of its own.
#[inline]
const fn eight(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const LETTERS: u64 = (b'a' - b'9' - 1) as u64;
    let half = word & 0xffff_ffff;
    let twos = (half | half << 16) & 0x0000_ffff_0000_ffff;
    let bytes = (twos | twos << 8) & 0x00ff_00ff_00ff_00ff;
    let digits = (bytes | bytes << 4) & (ONES * 0x0f);
    // From ten on, with six more it is sixteen or more.
    let letters = ((digits + ONES * 6) >> 4) & ONES;
    (digits + ONES * (b'0' as u64) + letters * LETTERS).swap_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_display() {
        let mut random = 1_u128;
        for step in 0..1_000 {
            random = random.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) + step;
            for bits in [random, !random, random >> (step % 128), 0, u128::MAX] {
                let digits = format!("{bits:032x}");
                let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
                let expected = groups.map(|group| &digits[group]).join("-");
                let [first, last] = [bits >> 64, bits & u128::from(u64::MAX)];
                let words = text(first.try_into().unwrap(), last.try_into().unwrap());
                let bytes = words.map(|(word, len)| word.to_le_bytes()[..len].to_vec());
                assert_eq!(bytes.concat(), expected.as_bytes());
            }
        }
    }
}
