//! The grammar of cache keys: what a key, a template and a pattern are, and how values enter them.
//!
//! The macros read it while compiling, the runtime while running; there is no second place that knows.
//!
//! ```text
//! template    = name , { ":" , part , { part } } ;
//! part        = text | placeholder ;
//! placeholder = "<" , root , { "." , field } , ">" ;
//! root        = identifier | "self" ;                      (* `self` only with a field *)
//! field       = identifier | index ;
//!
//! pattern     = name , { ":" , ( "*" | part , { part } ) } , [ tail ] ;
//! tail        = ":*"                                       (* everything below *)
//!             | "*" ;                                      (* the rest of the text; after a placeholder
//!                                                             the key itself and everything below *)
//!
//! name        = text ;                                     (* names the cache *)
//! text        = character , { character } ;                (* not white space, control characters or
//!                                                             any of `: * < > \` *)
//! ```
//!
//! A rendered key or pattern is the same without placeholders; there, "the key itself and everything below" is
//! written `{,:*}`.
//!
//! Two placeholders of one segment must have text between them, and in a key that text must hold one of
//! `? [ ] { }`, which no value contains: else two calls could share a key. Placeholders occur once each. Literal
//! text is limited to [`TEXT_LIMIT`] bytes.
//!
//! Values are escaped with `%XX`: `% : * < > ? [ ] { } \`, control characters and white space, and inside a group
//! `, ( )`. `%-` stands for `None`, `%_` for a value without text.
//!
//! ```
//! use cached_key::{Key, KeyMemory, KeyWriter, Pattern, Template};
//!
//! let template = Template::parse("conversations:user:<user_id>:status:<status>").unwrap();
//! assert_eq!(template.cache(), "conversations");
//!
//! let mut memory = KeyMemory::new();
//! let mut key = KeyWriter::new(&mut memory);
//! key.text("conversations:user:");
//! key.value(|value| value.unsigned(42));
//! key.text(":status:");
//! key.value(|value| value.none());
//! let key = Key::from(&key);
//! assert_eq!(key.as_str(), "conversations:user:42:status:%-");
//!
//! let everything_of_the_user = Pattern::parse("conversations:user:42{,:*}").unwrap();
//! assert!(everything_of_the_user.matches(key.as_str()));
//!
//! let mistakes = Template::parse("user:<id:<name>").unwrap_err();
//! let mistake = mistakes.first().unwrap();
//! assert_eq!(mistake.to_string(), "`<` is never closed at byte 5");
//! assert_eq!(mistake.help().as_deref(), Some("`<id>`"));
//! ```
#![forbid(unsafe_code)]

mod blocks;
mod correction;
mod cover;
mod digits;
mod error;
mod escape;
mod fault;
mod help;
mod key;
mod key_memory;
mod key_writer;
mod meeting;
mod memory;
mod overlap;
mod path;
mod pattern;
mod pattern_buf;
mod pattern_template;
mod placeholder;
mod respelling;
mod scan;
mod shape;
mod stars;
mod structure;
mod suggest;
mod template;
mod uuid;
mod value_writer;
mod words;

pub use blocks::Blocks;
pub use correction::Correction;
pub use error::Error;
pub use fault::{Fault, Subject};
pub use key::Key;
pub use key_memory::KeyMemory;
pub use key_writer::KeyWriter;
pub use meeting::{Meeting, meeting, pairs};
pub use overlap::overlap;
pub use path::Path;
pub use pattern::{Pattern, Segment, Tail};
pub use pattern_buf::PatternBuf;
pub use pattern_template::{PatternPart, PatternTemplate};
pub use suggest::nearest;
pub use template::{Part, Template};
pub use value_writer::{Group, ValueWriter};

/// How much literal text a template may hold, in bytes.
pub const TEXT_LIMIT: usize = 256;
