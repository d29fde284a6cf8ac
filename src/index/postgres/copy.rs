//! Rows in the text format of `COPY`, which takes them faster than any other statement.

use std::fmt::Write as _;

use crate::record::value::Time;

/// Rows of one table.
#[derive(Default)]
pub(super) struct Rows {
    text: String,
    begun: bool,
}

impl Rows {
    /// Begins a row of this repository.
    pub(super) fn row(&mut self, repository: &str) -> &mut Self {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.begun = false;
        self.text(repository)
    }

    fn next(&mut self) -> &mut String {
        if self.begun {
            self.text.push('\t');
        }
        self.begun = true;
        &mut self.text
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let cell = self.next();
        for c in text.chars() {
            match c {
                '\\' => cell.push_str("\\\\"),
                '\n' => cell.push_str("\\n"),
                '\r' => cell.push_str("\\r"),
                '\t' => cell.push_str("\\t"),
                // No text of Postgres holds it, and no record does.
                '\0' => cell.push(char::REPLACEMENT_CHARACTER),
                c => cell.push(c),
            }
        }
        self
    }

    pub(super) fn optional(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    pub(super) fn number(&mut self, number: i64) -> &mut Self {
        // It does not fail: it is written to a string.
        let _written = write!(self.next(), "{number}");
        self
    }

    pub(super) fn optional_number(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.null(),
        }
    }

    pub(super) fn optional_real(&mut self, number: Option<f64>) -> &mut Self {
        match number {
            // The shortest digits that read as the same number.
            Some(number) => self.text(&number.to_string()),
            None => self.null(),
        }
    }

    pub(super) fn truth(&mut self, truth: bool) -> &mut Self {
        self.next().push(if truth { 't' } else { 'f' });
        self
    }

    /// A time in milliseconds since 1970.
    pub(super) fn time(&mut self, milliseconds: Option<i64>) -> &mut Self {
        match milliseconds.and_then(Time::from_milliseconds) {
            Some(time) => self.text(&time.to_string()),
            None => self.null(),
        }
    }

    fn null(&mut self) -> &mut Self {
        self.next().push_str("\\N");
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped_and_absent_ones_told_apart_from_empty_ones() {
        let mut rows = Rows::default();
        rows.row("r")
            .text("a\tb\\N\nc\r")
            .optional(None)
            .optional(Some(""))
            .truth(true);
        rows.row("r").number(-7).optional_number(None).time(Some(1_500));
        let expected = "r\ta\\tb\\\\N\\nc\\r\t\\N\t\tt\nr\t-7\t\\N\t1970-01-01T00:00:01.500Z";
        assert_eq!(std::str::from_utf8(rows.as_bytes()), Ok(expected));
    }
}
