//! Writes an integer without `fmt`.

use crate::memory::{End, Memory};
use crate::words::WORD;

const BLOCK: u64 = 100_000_000;

/// Writes behind `end`, and says what that is now: eight digits at a time, without a branch for each.
#[inline]
pub(crate) fn write(memory: &mut Memory, end: End, value: u64) -> End {
    if value < BLOCK {
        let (text, len) = start(value);
        memory.word(end, text, len)
    } else {
        write_long(memory, end, value)
    }
}

#[inline(never)]
fn write_long(memory: &mut Memory, end: End, value: u64) -> End {
    let end = write(memory, end, value / BLOCK);
    memory.word(end, eight(value % BLOCK) | ASCII, WORD)
}

/// The digits of a number below `BLOCK` without leading zeros, and how many they are.
#[inline(always)]
fn start(value: u64) -> (u64, usize) {
    let digits = eight(value);
    // The last digit stays even when it is a zero.
    let zeros = (digits | 1 << 56).trailing_zeros() / 8;
    let text = (digits | ASCII) >> (8 * zeros);
    (text, WORD - zeros as usize)
}

const ASCII: u64 = 0x3030_3030_3030_3030;

/// The digits of a number below `BLOCK`, one a byte, the first one lowest.
///
/// Halves the number three times over, each time in all lanes of one word: by 10,000, by 100, by 10. The
/// multiplications are divisions by 100 and by 10 that are exact within their lanes.
#[inline]
const fn eight(value: u64) -> u64 {
    let fours = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - 10 * tens) << 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_display() {
        let mut memory = Memory::boxed();
        let powers = (0..20).map(|power| 10_u64.pow(power));
        let around = powers.flat_map(|power| [power - 1, power, power + 1]);
        let spread = (0..200_000).map(|step| step * 500 + step % 500);
        for value in around.chain(spread).chain(0..=10_000).chain([u64::MAX]) {
            let end = write(&mut memory, End::START, value);
            assert_eq!(memory.bytes(end), value.to_string().as_bytes());
        }
    }
}
