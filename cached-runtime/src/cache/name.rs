//! The bytes of a key or of a part of one, where they are kept.

/// Up to `INLINE` bytes lie in what keeps them itself.
#[derive(Clone, Debug)]
pub(crate) enum Name<const INLINE: usize> {
    Inline { len: u8, bytes: [u8; INLINE] },
    Heap(Box<[u8]>),
}

/// A whole key, as calls and flights have it, or what an entry has of it.
pub(crate) type KeyName = Name<46>;

impl<const INLINE: usize> Name<INLINE> {
    #[inline]
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..key.len()), u8::try_from(key.len())) {
            (Some(start), Ok(len)) => {
                start.copy_from_slice(key);
                Self::Inline { len, bytes }
            }
            _ => Self::Heap(key.into()),
        }
    }

    /// Whether these are its bytes. What it has is looked at as far as `key` goes, not as far as its own length says: so a
    /// processor that has neither at hand can ask for both at once.
    #[inline]
    pub(crate) fn is(&self, key: &[u8]) -> bool {
        match self {
            Self::Inline { len, bytes } => {
                usize::from(*len) == key.len() && bytes.get(..key.len()) == Some(key)
            }
            Self::Heap(bytes) => **bytes == *key,
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Heap(bytes) => bytes,
        }
    }
}

#[cfg(test)]
#[cfg(not(cached_model))]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_bytes_and_no_others() {
        type Short = Name<6>;
        let keys: Vec<_> = (0..10)
            .flat_map(|len| {
                let key = "123456789".as_bytes().get(..len).unwrap_or_default();
                let changed = (0..len).map(move |at| {
                    let mut key = key.to_vec();
                    key[at] ^= 1;
                    key
                });
                changed.chain([key.to_vec()])
            })
            .collect();
        for key in &keys {
            let name = Short::new(key);
            assert_eq!(name.as_bytes(), key);
            for other in &keys {
                assert_eq!(name.is(other), key == other, "{key:?} {other:?}");
            }
        }
    }
}
