//! Cuts a text into tokens; the first of two steps that every parser here takes.

use std::ops::Range;

use crate::error::Errors;
use crate::fault::{Fault, Subject};
use crate::path::Path;
use crate::placeholder::{self, Extent, shortened};

/// Whether a text still has placeholders, or has had its values filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Template,
    Rendered,
}

pub(crate) enum Kind {
    /// Literal text, as long as it goes.
    Text,
    Value(Path),
    /// `:`, or several in a row.
    Separator,
    /// `*`, or several in a row.
    Star,
    /// Something already reported: no further fault is looked for around it.
    Broken,
}

pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
}

impl Token {
    pub(crate) fn is_separator(&self) -> bool {
        matches!(self.kind, Kind::Separator)
    }

    pub(crate) fn is_star(&self) -> bool {
        matches!(self.kind, Kind::Star)
    }

    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.kind, Kind::Broken)
    }
}

pub(crate) fn scan(text: &str, subject: Subject, stage: Stage, errors: &mut Errors) -> Vec<Token> {
    let mut scanner = Scanner {
        text,
        at: 0,
        subject,
        stage,
        errors,
        tokens: Vec::new(),
    };
    while let Some(next) = scanner.rest().chars().next() {
        // Run-time strings may be long and hostile; their first fault refuses them.
        if stage == Stage::Rendered && !scanner.errors.is_empty() {
            break;
        }
        scanner.step(next);
    }
    scanner.tokens
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    subject: Subject,
    stage: Stage,
    errors: &'a mut Errors,
    tokens: Vec<Token>,
}

impl<'a> Scanner<'a> {
    fn step(&mut self, next: char) {
        match next {
            ':' => self.token(Kind::Separator, self.run(|c| c == ':')),
            '*' => self.token(Kind::Star, self.run(|c| c == '*')),
            '<' => self.open(),
            '>' => self.close(),
            '\\' => self.backslash(),
            c if c.is_control() => self.broken(Fault::ControlCharacter(self.subject), c.len_utf8()),
            c if c.is_whitespace() => {
                let run = self.run(is_space);
                self.broken(Fault::WhiteSpace(self.subject), run);
            }
            c => match self.foreign() {
                Some(length) => {
                    let written = shortened(self.ahead(length));
                    self.broken(Fault::ForeignPlaceholder { written }, length);
                }
                None => self.literal(c.len_utf8()),
            },
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn ahead(&self, length: usize) -> &'a str {
        self.rest().get(..length).unwrap_or_default()
    }

    fn run(&self, belongs: impl Fn(char) -> bool) -> usize {
        self.rest()
            .find(|c| !belongs(c))
            .unwrap_or(self.rest().len())
    }

    fn token(&mut self, kind: Kind, length: usize) {
        let end = self.at + length;
        self.tokens.push(Token {
            kind,
            range: self.at..end,
        });
        self.at = end;
    }

    fn broken(&mut self, fault: Fault, length: usize) {
        self.errors.push(fault, self.at..self.at + length);
        self.token(Kind::Broken, length);
    }

    fn literal(&mut self, first: usize) {
        let tail = self.rest().get(first..).unwrap_or_default();
        let length = first + tail.find(is_special).unwrap_or(tail.len());
        match self.tokens.last_mut() {
            Some(Token {
                kind: Kind::Text,
                range,
            }) => {
                range.end += length;
                self.at += length;
            }
            _ => self.token(Kind::Text, length),
        }
    }

    fn open(&mut self) {
        match (placeholder::extent(self.rest()), self.stage) {
            (Extent::Closed(length), Stage::Template) => self.placeholder(length),
            (Extent::Closed(length), Stage::Rendered) => {
                let placeholder = shortened(self.ahead(length));
                self.broken(Fault::NoValue { placeholder }, length);
            }
            (Extent::Open(length), Stage::Template) => {
                self.errors.push(Fault::Unclosed, self.at..self.at + 1);
                self.token(Kind::Broken, length);
            }
            (Extent::Open(_), Stage::Rendered) => self.broken(Fault::Unescaped { bracket: '<' }, 1),
        }
    }

    fn close(&mut self) {
        self.broken(
            match self.stage {
                Stage::Template => Fault::StrayClose,
                Stage::Rendered => Fault::Unescaped { bracket: '>' },
            },
            1,
        );
    }

    fn backslash(&mut self) {
        let after = self.rest().chars().nth(1);
        match after {
            Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B')
                if self.subject == Subject::Pattern =>
            {
                let quantifier = self
                    .rest()
                    .get(2..)
                    .unwrap_or_default()
                    .starts_with(['+', '*', '?']);
                self.broken(Fault::Regex, 2 + usize::from(quantifier));
            }
            _ => self.broken(Fault::Backslash(self.subject), 1),
        }
    }

    fn placeholder(&mut self, length: usize) {
        let content = self.rest().get(1..length - 1).unwrap_or_default();
        let trimmed = content.trim();
        let unprintable = |c: char| c == '\\' || c.is_control();

        if content.contains(unprintable) {
            self.report_inside(content, unprintable);
            return self.token(Kind::Broken, length);
        }
        match placeholder::read(trimmed) {
            Ok(_) if trimmed.len() < content.len() => {
                self.report_inside(content, is_space);
                self.token(Kind::Broken, length);
            }
            Ok(path) => self.token(Kind::Value(path), length),
            Err(fault) => self.broken(fault, length),
        }
    }

    /// Reports each run of characters that must not be in `content`, which begins after the `<` at hand.
    fn report_inside(&mut self, content: &str, unwanted: impl Fn(char) -> bool) {
        let mut at = 0;
        while let Some(found) = content.get(at..).unwrap_or_default().find(&unwanted) {
            let start = at + found;
            let tail = content.get(start..).unwrap_or_default();
            let first = tail.chars().next();
            let length = match first {
                Some(c) if is_space(c) => tail.find(|c| !is_space(c)).unwrap_or(tail.len()),
                _ => first.map_or(1, char::len_utf8),
            };
            let fault = match first {
                Some('\\') => Fault::Backslash(self.subject),
                Some(c) if c.is_control() => Fault::ControlCharacter(self.subject),
                _ => Fault::WhiteSpace(self.subject),
            };
            let offset = self.at + 1;
            self.errors
                .push(fault, offset + start..offset + start + length);
            at = start + length;
        }
    }

    /// The length of a `${id}` or `%s` that starts here.
    fn foreign(&self) -> Option<usize> {
        if self.stage == Stage::Rendered {
            return None;
        }
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix("${") {
            let (name, _) = inside.split_once('}')?;
            return Path::parse(name).map(|_| name.len() + 3);
        }
        let mut after = rest.strip_prefix('%')?.chars();
        let is_printf = matches!(after.next(), Some('s' | 'd' | 'i' | 'u' | 'v'));
        let ends_there = !after
            .next()
            .is_some_and(|c| c.is_alphanumeric() || c == '_');
        (is_printf && ends_there).then_some(2)
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control()
}

/// Where literal text must be looked at again.
fn is_special(c: char) -> bool {
    matches!(c, ':' | '*' | '<' | '>' | '\\' | '$' | '%') || c.is_whitespace() || c.is_control()
}
