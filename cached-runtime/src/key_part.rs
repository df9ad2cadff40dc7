//! What can stand in a key.

use std::{
    borrow::Cow,
    fmt::Display,
    num::{
        NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
        NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    },
    rc::Rc,
    sync::Arc,
};

use cached_key::ValueWriter;

/// A value that can be part of a cache key.
///
/// Integers, `bool`, `char`, strings, and `Option`s, references, smart pointers, tuples, arrays and slices of these are.
/// In a placeholder also every type with a [`Display`] can stand, and an `Option` of one, without implementing this.
/// Different values of one type must write different text: what they have in common would share an entry.
///
/// Floats are left out on purpose: `0.1 + 0.2` and `0.3` would be two entries, `NaN` one that nobody finds on purpose.
///
/// ```
/// use cached_runtime::{KeyPart, ValueWriter};
///
/// struct Tenant { region: u16, name: String }
///
/// impl KeyPart for Tenant {
///     fn write(&self, out: &mut ValueWriter<'_>) {
///         (self.region, &self.name).write(out);
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a cache key",
    label = "has no stable text form",
    note = "name one of its fields, as in `<user.id>`; a type of your own may implement `KeyPart` or `Display`; floats can't"
)]
pub trait KeyPart {
    /// Writes the value; the writer escapes what could be taken for a part of the key.
    fn write(&self, out: &mut ValueWriter<'_>);
}

macro_rules! integers {
    ($($integer:ty as $wide:ty => $write:ident;)+) => {
        $(impl KeyPart for $integer {
            #[inline(always)]
            fn write(&self, out: &mut ValueWriter<'_>) {
                out.$write(*self as $wide);
            }
        })+
    };
}

integers! {
    u8 as u64 => unsigned;
    u16 as u64 => unsigned;
    u32 as u64 => unsigned;
    u64 as u64 => unsigned;
    usize as u64 => unsigned;
    i8 as i64 => signed;
    i16 as i64 => signed;
    i32 as i64 => signed;
    i64 as i64 => signed;
    isize as i64 => signed;
}

macro_rules! wide_integers {
    ($($integer:ty)+) => {
        $(impl KeyPart for $integer {
            fn write(&self, out: &mut ValueWriter<'_>) {
                out.plain(itoa::Buffer::new().format(*self));
            }
        })+
    };
}

wide_integers! { u128 i128 }

macro_rules! non_zero_integers {
    ($($integer:ty)+) => {
        $(impl KeyPart for $integer {
            #[inline(always)]
            fn write(&self, out: &mut ValueWriter<'_>) {
                self.get().write(out);
            }
        })+
    };
}

non_zero_integers! {
    NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroU128 NonZeroUsize
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroI128 NonZeroIsize
}

impl KeyPart for bool {
    #[inline(always)]
    fn write(&self, out: &mut ValueWriter<'_>) {
        out.plain(if *self { "true" } else { "false" });
    }
}

impl KeyPart for char {
    fn write(&self, out: &mut ValueWriter<'_>) {
        out.char(*self);
    }
}

impl KeyPart for str {
    #[inline(always)]
    fn write(&self, out: &mut ValueWriter<'_>) {
        out.str(self);
    }
}

impl KeyPart for String {
    #[inline]
    fn write(&self, out: &mut ValueWriter<'_>) {
        out.str(self);
    }
}

impl<T: KeyPart> KeyPart for Option<T> {
    #[inline(always)]
    fn write(&self, out: &mut ValueWriter<'_>) {
        match self {
            Some(value) => out.some(|out| value.write(out)),
            None => out.none(),
        }
    }
}

macro_rules! pointers {
    ($($pointer:ty)+) => {
        $(impl<T: KeyPart + ?Sized> KeyPart for $pointer {
            #[inline(always)]
            fn write(&self, out: &mut ValueWriter<'_>) {
                (**self).write(out);
            }
        })+
    };
}

pointers! { &T &mut T Box<T> Rc<T> Arc<T> }

impl<T: KeyPart + ToOwned + ?Sized> KeyPart for Cow<'_, T> {
    #[inline]
    fn write(&self, out: &mut ValueWriter<'_>) {
        (**self).write(out);
    }
}

impl<T: KeyPart> KeyPart for [T] {
    fn write(&self, out: &mut ValueWriter<'_>) {
        out.group(|group| {
            for value in self {
                group.item(|out| value.write(out));
            }
        });
    }
}

impl<T: KeyPart, const N: usize> KeyPart for [T; N] {
    fn write(&self, out: &mut ValueWriter<'_>) {
        self.as_slice().write(out);
    }
}

impl<T: KeyPart> KeyPart for Vec<T> {
    fn write(&self, out: &mut ValueWriter<'_>) {
        self.as_slice().write(out);
    }
}

macro_rules! tuples {
    ($(($($name:ident),+))+) => {
        $(
            #[expect(non_snake_case, reason = "a value goes by the name of its type")]
            impl<$($name: KeyPart),+> KeyPart for ($($name,)+) {
                fn write(&self, out: &mut ValueWriter<'_>) {
                    let ($($name,)+) = self;
                    out.group(|group| {
                        $(group.item(|out| $name.write(out));)+
                    });
                }
            }
        )+
    };
}

tuples! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }

#[cfg(feature = "key-uuid")]
impl KeyPart for uuid::Uuid {
    #[inline]
    fn write(&self, out: &mut ValueWriter<'_>) {
        let (first, last) = self.as_u64_pair();
        out.uuid(first, last);
    }
}

/// A value whose text is its `Display`.
pub struct Displayed<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: Display + ?Sized> KeyPart for Displayed<'_, T> {
    fn write(&self, out: &mut ValueWriter<'_>) {
        out.display(&DisplayRef(self.0));
    }
}

/// `dyn Display` needs a sized type behind it.
struct DisplayRef<'a, T: ?Sized>(&'a T);

impl<T: Display + ?Sized> Display for DisplayRef<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An optional value whose text is its `Display`.
pub struct MaybeDisplayed<'a, T>(pub(crate) Option<&'a T>);

impl<T: Display> KeyPart for MaybeDisplayed<'_, T> {
    fn write(&self, out: &mut ValueWriter<'_>) {
        self.0.map(Displayed).write(out);
    }
}

/// How expanded code finds out what to write for a value: the impl with the most references in front wins.
#[expect(missing_docs, reason = "only expanded code sees it")]
pub(crate) mod part {
    use std::fmt::Display;

    use super::{Displayed, KeyPart, MaybeDisplayed};

    pub struct Value<'a, T: ?Sized>(pub &'a T);

    macro_rules! level {
        ($trait:ident: $(impl($($parameter:tt)*) $value:ty => $part:ty, $this:ident => $make:expr $(, where [$($bound:tt)+])?;)+) => {
            pub trait $trait<'a> {
                type Part;
                fn part(&self) -> Self::Part;
            }

            $(impl<'a, $($parameter)*> $trait<'a> for $value $(where $($bound)+)? {
                type Part = $part;

                #[inline]
                fn part(&self) -> $part {
                    let $this = self;
                    $make
                }
            })+
        };
    }

    // What is not allowed comes first, in the shape in which the compiler then names it as no `KeyPart`.
    level! {
        Floats:
        impl() &&&&&Value<'a, f32> => &'a f32, this => this.0;
        impl() &&&&&Value<'a, f64> => &'a f64, this => this.0;
        impl() &&&&&Value<'a, &'a f32> => &'a f32, this => this.0;
        impl() &&&&&Value<'a, &'a f64> => &'a f64, this => this.0;
    }
    level! { Parts: impl(T: ?Sized) &&&&Value<'a, T> => &'a T, this => this.0, where [T: KeyPart]; }
    level! { Displays: impl(T: ?Sized) &&&Value<'a, T> => Displayed<'a, T>, this => Displayed(this.0), where [T: Display]; }
    level! {
        OptionalDisplays:
        impl(T) &&Value<'a, Option<T>> => MaybeDisplayed<'a, T>, this => MaybeDisplayed(this.0.as_ref()), where [T: Display];
        impl(T) &&Value<'a, &'a Option<T>> => MaybeDisplayed<'a, T>, this => MaybeDisplayed(this.0.as_ref()), where [T: Display];
    }
    level! { Texts: impl(T: ?Sized) &Value<'a, T> => &'a str, this => this.0.as_ref(), where [T: AsRef<str>]; }
    level! { Others: impl(T: ?Sized) Value<'a, T> => &'a T, this => this.0; }
}

#[cfg(test)]
#[cfg(all(feature = "key-uuid", not(cached_model)))]
mod tests {
    use cached_key::{KeyMemory, KeyWriter};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_uuid_is_written_as_it_is_displayed() {
        for bits in [0, 1, 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210, u128::MAX] {
            let uuid = Uuid::from_u128(bits);
            let mut memory = KeyMemory::new();
            let mut key = KeyWriter::new(&mut memory);
            key.value(|value| uuid.write(value));
            assert_eq!(key.as_bytes(), uuid.to_string().as_bytes());
        }
    }
}
