//! Whether the compiler at hand is the one whose words the goldens are.

/// What there is to compare.
#[derive(Clone, Copy)]
pub(crate) struct Compilers<'a> {
    /// The one that the goldens were taken from.
    pub(crate) pinned: Option<&'a str>,
    /// The one that is about to speak.
    pub(crate) present: Option<&'a str>,
    /// It was told to behave as a nightly one, which has carets inside of strings.
    pub(crate) unlocked: bool,
    /// It has the source of the standard library, which it then quotes.
    pub(crate) quotes: bool,
}

/// Why the goldens don't hold here; `None` where they do.
pub(crate) fn stranger(compilers: Compilers<'_>) -> Option<String> {
    let name = |version: Option<&str>| version.unwrap_or("unknown").to_owned();
    let Compilers {
        pinned,
        present,
        unlocked,
        quotes,
    } = compilers;
    if pinned.is_none() || pinned != present {
        Some(format!(
            "the goldens are the words of rustc {}, not of {}",
            name(pinned),
            name(present)
        ))
    } else if unlocked {
        Some("RUSTC_BOOTSTRAP is set, and stable users do not see what rustc says then".to_owned())
    } else if quotes {
        Some("with the component rust-src rustc quotes the standard library".to_owned())
    } else {
        None
    }
}

/// The channel that `rust-toolchain.toml` names.
pub(crate) fn channel(toolchain: &str) -> Option<&str> {
    let channel = toolchain
        .lines()
        .find_map(|line| line.strip_prefix("channel = "))?;
    Some(channel.trim_matches('"'))
}

/// The version that `rustc --version` prints.
pub(crate) fn version(output: &str) -> Option<&str> {
    output.split_whitespace().nth(1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_pinned_compiler_is_no_stranger() {
        use super::{Compilers, stranger};

        const PINNED: Compilers<'_> = Compilers {
            pinned: Some("1.95.0"),
            present: Some("1.95.0"),
            unlocked: false,
            quotes: false,
        };
        assert_eq!(stranger(PINNED), None);
        for present in [None, Some("1.96.0"), Some("1.95.0-nightly"), Some("1.95.1")] {
            let told = stranger(Compilers { present, ..PINNED }).unwrap();
            assert!(told.contains("the words of rustc 1.95.0, not of"), "{told}");
        }
        let pinned = None;
        assert!(stranger(Compilers { pinned, ..PINNED }).is_some());
        let present = None;
        assert!(
            stranger(Compilers {
                pinned,
                present,
                ..PINNED
            })
            .is_some()
        );
        let unlocked = true;
        assert!(
            stranger(Compilers { unlocked, ..PINNED })
                .unwrap()
                .contains("RUSTC_BOOTSTRAP")
        );
        let quotes = true;
        assert!(
            stranger(Compilers { quotes, ..PINNED })
                .unwrap()
                .contains("rust-src")
        );
    }

    #[test]
    fn versions_are_read() {
        use super::{channel, version};

        assert_eq!(
            channel("[toolchain]\nchannel = \"1.95.0\"\n"),
            Some("1.95.0")
        );
        assert_eq!(channel("[toolchain]\n"), None);
        assert_eq!(version("rustc 1.95.0 (abc 2026-01-01)\n"), Some("1.95.0"));
        assert_eq!(version(""), None);
    }
}
