//! How often keys were asked for lately, roughly, of many more keys than there is room for.
//!
//! A count-min sketch: a key has four counters of four bits, all in one cache line, and what is known of it is the least of
//! them. Others may share counters with it, so it may be overrated, hardly ever underrated. Now and then all counters are
//! halved: what was popular long ago is not for ever.

/// Eight words of sixteen counters.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line([u64; 8]);

/// Entries that share a line.
const SHARE: usize = 8;

/// Noted for each entry that the sketch is right for, before all counters are halved.
const LIFE: usize = 20;

/// In a cache of a few entries a sketch of a few lines would take all for one another.
const FEWEST_LINES: usize = 16;

/// The most that a counter holds.
const MOST: u64 = 15;

/// The counters of a word when they have been halved.
const HALVES: u64 = 0x7777_7777_7777_7777;

pub(super) struct Sketch {
    /// A power of two of them, or none: then nothing is noted.
    lines: Vec<Line>,
    noted: usize,
    /// What is noted before all counters are halved.
    life: usize,
}

impl Sketch {
    pub(super) const fn new() -> Self {
        Self {
            lines: Vec::new(),
            noted: 0,
            life: 0,
        }
    }

    /// The most entries that it is right for.
    pub(super) const fn entries(&self) -> usize {
        self.lines.len() * SHARE
    }

    /// Makes it right for so many entries. What was noted is kept: a line that is split in two was right for both halves.
    pub(super) fn fit(&mut self, entries: usize) {
        let wanted = entries
            .div_ceil(SHARE)
            .next_power_of_two()
            .max(FEWEST_LINES);
        if self.lines.is_empty() {
            self.lines = vec![Line::default(); wanted];
        }
        if self.lines.len() < wanted {
            self.lines.reserve_exact(wanted - self.lines.len());
        }
        while self.lines.len() < wanted {
            self.lines.extend_from_within(..);
        }
        while self.lines.len() > wanted {
            let gone = self.lines.split_off(self.lines.len() / 2);
            for (kept, gone) in self.lines.iter_mut().zip(gone) {
                for (kept, gone) in kept.0.iter_mut().zip(gone.0) {
                    *kept = greater(*kept, gone);
                }
            }
        }
        self.lines.shrink_to_fit();
        self.life = LIFE * entries.max(SHARE * FEWEST_LINES);
    }

    /// Notes that a key was asked for so often.
    pub(super) fn add(&mut self, digest: u64, times: u8) {
        let at = self.line_of(digest);
        let Some(line) = self.lines.get_mut(at) else {
            return;
        };
        // Only the least of the counters need grow: the others are too high already.
        let sum = MOST.min(line.least(digest) + u64::from(times));
        for (word, shift) in places(digest) {
            if let Some(word) = line.0.get_mut(word) {
                let count = (*word >> shift) & MOST;
                *word += sum.saturating_sub(count) << shift;
            }
        }
        self.noted += usize::from(times);
        if self.noted >= self.life {
            self.halve();
        }
    }

    /// How often a key was asked for, at most 15 times.
    pub(super) fn count(&self, digest: u64) -> u8 {
        let line = self.lines.get(self.line_of(digest));
        let least = line.map_or(0, |line| line.least(digest));
        u8::try_from(least).unwrap_or(0)
    }

    fn halve(&mut self) {
        for word in self.lines.iter_mut().flat_map(|line| &mut line.0) {
            *word = (*word >> 1) & HALVES;
        }
        self.noted /= 2;
    }

    fn line_of(&self, digest: u64) -> usize {
        let mask = self.lines.len().wrapping_sub(1);
        usize::try_from(mix(digest) >> 32).unwrap_or(0) & mask
    }
}

impl Line {
    fn least(&self, digest: u64) -> u64 {
        let counts = places(digest)
            .map(|(word, shift)| self.0.get(word).map_or(0, |word| (word >> shift) & MOST));
        counts.into_iter().fold(MOST, u64::min)
    }
}

/// The counters of a key in its line: one in each pair of words.
fn places(digest: u64) -> [(usize, u32); 4] {
    let bits = mix(digest.rotate_left(32)).to_le_bytes();
    let [.., first, second, third, fourth] = bits;
    let place = |row: usize, bits: u8| {
        (
            2 * row + usize::from(bits & 1),
            u32::from((bits >> 1) & 15) * 4,
        )
    };
    [
        place(0, first),
        place(1, second),
        place(2, third),
        place(3, fourth),
    ]
}

/// Digests are spread already, but the directory and the stripes choose by the same bits.
const fn mix(digest: u64) -> u64 {
    digest.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The greater of each counter.
fn greater(one: u64, other: u64) -> u64 {
    (0..16).fold(0, |sum, at| {
        let count = |word: u64| (word >> (4 * at)) & MOST;
        sum | count(one).max(count(other)) << (4 * at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(from: u64, to: u64) -> impl Iterator<Item = u64> {
        (from..to).map(|n| n.wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(29))
    }

    #[test]
    fn few_are_overrated_and_none_underrated() {
        let mut sketch = Sketch::new();
        sketch.fit(10_000);
        for digest in digests(0, 10_000) {
            sketch.add(digest, 1);
        }
        for digest in digests(0, 100) {
            sketch.add(digest, 5);
        }
        assert!(digests(0, 100).all(|digest| sketch.count(digest) >= 6));
        let overrated = digests(100, 10_000).filter(|digest| sketch.count(*digest) > 1);
        let overrated = overrated.count();
        assert!(overrated < 1_000, "{overrated}");
        let unknown = digests(20_000, 30_000).filter(|digest| sketch.count(*digest) > 0);
        let unknown = unknown.count();
        assert!(unknown < 2_000, "{unknown}");
    }

    #[test]
    fn what_was_popular_long_ago_is_forgotten() {
        let mut sketch = Sketch::new();
        sketch.fit(100);
        (0..30).for_each(|_| sketch.add(7, 3));
        assert_eq!(sketch.count(7), 15);
        for round in 0..100 {
            digests(round * 100, round * 100 + 100).for_each(|digest| sketch.add(digest, 1));
        }
        assert!(sketch.count(7) < 4, "{}", sketch.count(7));
    }

    #[test]
    fn what_was_noted_is_kept_while_it_grows_and_shrinks() {
        let mut sketch = Sketch::new();
        sketch.fit(100);
        digests(0, 50).for_each(|digest| sketch.add(digest, 4));
        for entries in [1_000, 100, 5_000, 10] {
            sketch.fit(entries);
            assert!(sketch.entries() >= entries && sketch.entries() < 2 * entries.max(128));
            assert!(digests(0, 50).all(|digest| sketch.count(digest) >= 4));
        }
    }

    #[test]
    fn without_room_nothing_is_noted() {
        let mut sketch = Sketch::new();
        sketch.add(1, 1);
        assert_eq!((sketch.count(1), sketch.entries()), (0, 0));
    }
}
