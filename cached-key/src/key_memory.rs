//! The memory that a thread keeps for its keys.

use std::cell::Cell;
use std::fmt;

use crate::memory::Memory;

thread_local! {
    static SPARE: Cell<Option<Box<Memory>>> = const { Cell::new(None) };
}

/// Memory to write a key into, which the thread keeps from one key to the next.
///
/// A key that is written while another one is has memory of its own. Some 600 bytes are kept in any case, and up to 64 KiB more
/// after a key that was longer; what a key took beyond that is given back when the next one begins.
pub struct KeyMemory(
    /// Always there, until it is dropped.
    Option<Box<Memory>>,
);

impl KeyMemory {
    /// Takes what the thread keeps; dropped, it gives that back.
    #[inline(always)]
    pub fn new() -> Self {
        let spare = SPARE.try_with(Cell::take).ok().flatten();
        Self(Some(spare.unwrap_or_else(Memory::boxed)))
    }

    #[inline(always)]
    pub(crate) fn cleared(&mut self) -> &mut Memory {
        let memory = self.0.get_or_insert_with(Memory::boxed);
        memory.clear();
        memory
    }
}

impl Drop for KeyMemory {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(memory) = self.0.take() {
            let _ = SPARE.try_with(|spare| spare.set(Some(memory)));
        }
    }
}

impl Default for KeyMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for KeyMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyMemory").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use crate::{KeyMemory, KeyWriter};

    fn write(text: &str) -> String {
        let mut memory = KeyMemory::new();
        let mut key = KeyWriter::new(&mut memory);
        key.value(|value| value.str(text));
        String::from_utf8_lossy(key.as_bytes()).into()
    }

    #[test]
    fn keys_that_are_written_at_once_do_not_meet() {
        let mut memory = KeyMemory::new();
        let mut key = KeyWriter::new(&mut memory);
        key.text("outer:");
        key.value(|value| value.str(&write("inner")));
        assert_eq!(key.as_bytes(), b"outer:inner");
        drop(memory);
        assert_eq!(write("next"), "next");
    }

    #[test]
    fn memory_can_be_used_again_for_a_shorter_key() {
        let long = "x".repeat(100_000);
        let mut memory = KeyMemory::new();
        for text in [&long, "short", &long, &long[..700], ""] {
            let mut key = KeyWriter::new(&mut memory);
            key.text("key:");
            key.value(|value| value.plain(text));
            let text = if text.is_empty() { "%_" } else { text };
            assert_eq!(key.as_bytes(), format!("key:{text}").as_bytes());
        }
    }

    #[test]
    fn a_key_can_be_written_while_a_thread_ends() {
        struct Last;

        impl Drop for Last {
            fn drop(&mut self) {
                assert_eq!(write("late"), "late");
            }
        }

        thread_local!(static LAST: Last = const { Last });

        for early in [true, false] {
            let ending = thread::spawn(move || {
                if early {
                    write("early");
                }
                LAST.with(|_| ());
                write("then");
            });
            assert!(ending.join().is_ok());
        }
    }
}
