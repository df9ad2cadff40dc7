//! A rendered key.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Errors};
use crate::fault::Subject;
use crate::key_memory::KeyMemory;
use crate::key_writer::KeyWriter;
use crate::scan::{Stage, scan};
use crate::structure::check;

/// The longest [`Key::short`], in bytes.
const SHORT_LIMIT: usize = 1_024;

/// A key with its values filled in: `conversations:user:42`.
///
/// ```
/// use cached_key::Key;
///
/// let key = Key::parse("conversations:user:a%3Ab").unwrap();
/// assert_eq!(key.cache(), "conversations");
///
/// let refused = Key::parse("conversations:*").unwrap_err();
/// assert_eq!(refused.to_string(), "`*` is for patterns at byte 14");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    text: Box<str>,
}

impl Key {
    /// Reads a key that arrives at run time; values in it are escaped already.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut errors = Errors::new(text);
        let tokens = scan(text, Subject::Key, Stage::Rendered, &mut errors);
        if errors.is_empty() {
            check(text, Subject::Key, Stage::Rendered, &tokens, &mut errors);
        }
        match errors.into_sorted().into_iter().next() {
            Some(first) => Err(first),
            None => Ok(Self { text: text.into() }),
        }
    }

    /// The key that `render` writes; none if a value failed to write itself, as any other key might look the same.
    ///
    /// ```
    /// use cached_key::Key;
    ///
    /// let key = Key::rendered(|key| {
    ///     key.text("conversations:user:");
    ///     key.value(|value| value.unsigned(42));
    /// });
    /// assert_eq!(key.unwrap().as_str(), "conversations:user:42");
    /// ```
    pub fn rendered(render: impl FnOnce(&mut KeyWriter<'_>)) -> Option<Self> {
        let mut memory = KeyMemory::new();
        let mut key = KeyWriter::new(&mut memory);
        render(&mut key);
        (!key.is_broken()).then(|| Self::from(&key))
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The whole text, in bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The first segment: the cache that the entry lives in.
    pub fn cache(&self) -> &str {
        self.text.split(':').next().unwrap_or_default()
    }

    /// The key in at most 1,024 bytes: a longer one keeps its start and ends in a hash of the whole.
    pub fn short(&self) -> Cow<'_, str> {
        if self.text.len() <= SHORT_LIMIT {
            return Cow::Borrowed(&self.text);
        }
        let hash = format!("~{:032x}", fnv_1a(self.as_bytes()));
        let cut = self.text.floor_char_boundary(SHORT_LIMIT - hash.len());
        let start = self.text.get(..cut).unwrap_or_default();
        Cow::Owned([start, &hash].concat())
    }
}

/// The 128-bit FNV-1a hash; short, and the same on every machine and in every version.
fn fnv_1a(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |hash, byte| {
        (hash ^ u128::from(*byte)).wrapping_mul(PRIME)
    })
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for Key {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for Key {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Key {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Key {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

/// A writer that [is broken](KeyWriter::is_broken) makes a key too, but not one to use.
impl From<&KeyWriter<'_>> for Key {
    fn from(key: &KeyWriter<'_>) -> Self {
        let bytes = key.as_bytes();
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(bytes).into(),
        };
        Self { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv_1a(b""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv_1a(b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_eq!(fnv_1a(b"foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn a_long_key_is_cut_between_characters() {
        let key = Key::parse(&format!("a:{}", "é".repeat(600))).unwrap();
        let short = key.short();
        assert!(short.len() <= SHORT_LIMIT && short.starts_with("a:éé"));
        assert_eq!(short.rsplit('~').next().map(str::len), Some(32));
    }
}
