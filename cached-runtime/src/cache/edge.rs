//! Paths of segments, and the run of them that leads to a node.

/// Runs up to this many bytes lie in the node itself.
const INLINE: usize = 22;

pub(super) enum Edge {
    Inline { len: u8, bytes: [u8; INLINE] },
    Heap(Box<[u8]>),
}

impl Default for Edge {
    fn default() -> Self {
        Self::Inline {
            len: 0,
            bytes: [0; INLINE],
        }
    }
}

impl Edge {
    pub(super) fn new(path: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..path.len()), u8::try_from(path.len())) {
            (Some(start), Ok(len)) => {
                start.copy_from_slice(path);
                Self::Inline { len, bytes }
            }
            _ => Self::Heap(path.into()),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Heap(bytes) => bytes,
        }
    }
}

pub(super) fn segments(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b':')
}

pub(super) fn first_segment(path: &[u8]) -> &[u8] {
    segments(path).next().unwrap_or_default()
}

/// Whether the path ends with a segment after this many bytes, which are a part of it.
fn parts_at(path: &[u8], at: usize) -> bool {
    path.get(at).is_none_or(|&byte| byte == b':')
}

pub(super) fn starts_with_segment(path: &[u8], segment: &[u8]) -> bool {
    path.starts_with(segment) && parts_at(path, segment.len())
}

/// How many bytes of two paths are the same whole segments.
pub(super) fn common_segments(a: &[u8], b: &[u8]) -> usize {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    if parts_at(a, same) && parts_at(b, same) {
        return same;
    }
    let start = a.get(..same).unwrap_or_default();
    start.iter().rposition(|&byte| byte == b':').unwrap_or(0)
}

/// What follows the first `at` bytes and their separator.
pub(super) fn after(path: &[u8], at: usize) -> &[u8] {
    let rest = path.get(at..).unwrap_or_default();
    rest.strip_prefix(b":").unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            assert_eq!([common_segments(a, b), common_segments(b, a)], [common; 2]);
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
