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

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Heap(bytes) => bytes,
        }
    }
}
