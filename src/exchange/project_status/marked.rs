//! A line of Markdown without its marks: what stands there, and which of it was escaped.
//!
//! A colon that somebody escaped, or put into code, separates nothing.

/// A text whose characters know whether they may separate something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marked(Vec<(char, bool)>);

impl Marked {
    /// Adds text as it stands.
    pub(super) fn push(&mut self, text: &str) {
        self.0.extend(text.chars().map(|c| (c, false)));
    }

    /// Adds text that separates nothing.
    pub(super) fn push_literal(&mut self, text: &str) {
        self.0.extend(text.chars().map(|c| (c, true)));
    }

    /// Adds text of which the first character was escaped.
    pub(super) fn push_escaped(&mut self, text: &str) {
        let first = text.chars().next().map_or(0, char::len_utf8);
        self.push_literal(&text[..first]);
        self.push(&text[first..]);
    }

    /// The text, without the space around it; space that was escaped stays.
    pub(super) fn text(&self) -> String {
        self.trimmed().iter().map(|(c, _)| c).collect()
    }

    /// The text in lower case, where it is a word that means something.
    pub(super) fn word(&self) -> String {
        self.text().to_lowercase()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.trimmed().is_empty()
    }

    fn trimmed(&self) -> &[(char, bool)] {
        let start = self.0.iter().take_while(|c| is_space(c)).count();
        let end = self.0[start..].iter().rev().take_while(|c| is_space(c)).count();
        &self.0[start..self.0.len() - end]
    }

    /// Where the character stands first, not escaped.
    pub(super) fn find(&self, wanted: char) -> Option<usize> {
        self.0.iter().position(|c| *c == (wanted, false))
    }

    /// What is before and after the character.
    pub(super) fn split_once(&self, separator: char) -> Option<(Self, Self)> {
        let at = self.find(separator)?;
        Some((Self(self.0[..at].to_vec()), Self(self.0[at + 1..].to_vec())))
    }

    /// The first word and the rest; spaces that were escaped are part of a word.
    pub(super) fn first_word(&self) -> Option<(Self, Self)> {
        let text = self.trimmed();
        let at = text.iter().position(is_space)?;
        Some((Self(text[..at].to_vec()), Self(text[at..].to_vec())))
    }

    /// The last word, after the rest.
    pub(super) fn last_word(&self) -> Option<(Self, Self)> {
        let text = self.trimmed();
        let at = text.iter().rposition(is_space)?;
        Some((Self(text[..at].to_vec()), Self(text[at..].to_vec())))
    }

    /// What is before and after a text of characters of which none is escaped.
    pub(super) fn split_at(&self, separator: &str) -> Option<(Self, Self)> {
        let wanted: Vec<_> = separator.chars().map(|c| (c, false)).collect();
        let at = self.0.windows(wanted.len()).position(|window| window == wanted)?;
        Some((Self(self.0[..at].to_vec()), Self(self.0[at + wanted.len()..].to_vec())))
    }

    /// The parts between a separator, without those that are blank.
    pub(super) fn split(&self, separator: char) -> Vec<Self> {
        let parts = self.0.split(|c| *c == (separator, false));
        parts
            .map(|part| Self(part.to_vec()))
            .filter(|part| !part.is_blank())
            .collect()
    }

    /// The text, and what stands in the last parentheses where they end it.
    pub(super) fn split_parentheses(&self) -> Option<(Self, Self)> {
        let text = self.trimmed();
        if text.last() != Some(&(')', false)) {
            return None;
        }
        let mut open = 0;
        for (at, c) in text.iter().enumerate().rev() {
            match c {
                (')', false) => open += 1,
                ('(', false) => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Some((Self(text[..at].to_vec()), Self(text[at + 1..text.len() - 1].to_vec())));
            }
        }
        None
    }

    /// The words, with what stands in brackets or parentheses as one each.
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut rest = self.0.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let closing = match first {
                ('(', false) => Some(')'),
                ('[', false) => Some(']'),
                _ => None,
            };
            let group = closing.and_then(|closing| Some((closing, after.iter().position(|c| *c == (closing, false))?)));
            if let Some((closing, end)) = group {
                let inside = Self(after[..end].to_vec());
                parts.push(match closing {
                    ')' => Part::Parentheses(inside),
                    _ => Part::Brackets(inside),
                });
                rest = &after[end + 1..];
                continue;
            }
            let ends = |(c, literal): &(char, bool)| !literal && (c.is_whitespace() || matches!(c, '(' | '['));
            let end = after.iter().position(ends).map_or(rest.len(), |at| at + 1);
            let word = Self(rest[..end].to_vec());
            if !word.is_blank() {
                parts.push(Part::Word(word));
            }
            rest = &rest[end..];
        }
        parts
    }
}

fn is_space((c, literal): &(char, bool)) -> bool {
    c.is_whitespace() && !literal
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Word(Marked),
    Parentheses(Marked),
    Brackets(Marked),
}

impl Part {
    /// The piece as it was written, for telling what could not be read.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Word(text) => text.text(),
            Self::Parentheses(text) => format!("({})", text.text()),
            Self::Brackets(text) => format!("[{}]", text.text()),
        }
    }
}

/// Yes or no, in the ways people write it.
pub(super) fn sign(text: &str) -> Option<bool> {
    match text.trim().trim_end_matches('\u{fe0f}').to_lowercase().as_str() {
        "✓" | "✔" | "✅" | "☑" | "yes" | "true" | "pass" | "passed" | "compliant" => Some(true),
        "✗" | "✘" | "❌" | "✖" | "no" | "false" | "fail" | "failed" | "not compliant" | "non-compliant" => {
            Some(false)
        }
        _ => None,
    }
}

/// Nothing, in the ways people write it.
pub(super) fn is_nothing(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "" | "-" | "–" | "—" | "none" | "n/a" | "na"
    )
}
