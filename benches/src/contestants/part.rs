//! Parts of a key, as one would render and own them by hand when it has to be fast: no `format!`, no escaping.

use uuid::Uuid;

pub(super) trait Part {
    type Owned;

    fn push(&self, key: &mut String);

    fn owned(&self) -> Self::Owned;
}

impl Part for u64 {
    type Owned = Self;

    #[inline]
    fn push(&self, key: &mut String) {
        key.push_str(itoa::Buffer::new().format(*self));
    }

    #[inline]
    fn owned(&self) -> Self {
        *self
    }
}

impl Part for &str {
    type Owned = String;

    #[inline]
    fn push(&self, key: &mut String) {
        key.push_str(self);
    }

    #[inline]
    fn owned(&self) -> String {
        String::from(*self)
    }
}

impl Part for Option<&str> {
    type Owned = Option<String>;

    #[inline]
    fn push(&self, key: &mut String) {
        key.push_str(self.unwrap_or_default());
    }

    #[inline]
    fn owned(&self) -> Option<String> {
        self.map(String::from)
    }
}

impl Part for Uuid {
    type Owned = Self;

    #[inline]
    fn push(&self, key: &mut String) {
        key.push_str(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }

    #[inline]
    fn owned(&self) -> Self {
        *self
    }
}
