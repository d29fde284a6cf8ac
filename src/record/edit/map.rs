//! Mappings in block style: each key on lines of its own.

use std::collections::HashMap;

use super::sheet::Sheet;
use super::{EditError, value};
use crate::record::yaml::{Entry, Print, print_key, print_under};

/// The lines of a mapping.
pub(super) struct Lines<'node> {
    pub(super) entries: &'node [Entry],
    pub(super) block: bool,
    /// Where a key goes after which none comes.
    pub(super) end: usize,
    /// The mapping, dotted; empty for the frontmatter itself.
    pub(super) path: &'node str,
}

impl Lines<'_> {
    /// Changes the lines of the keys in which `old` and `new` differ.
    ///
    /// A new key goes before the one present that follows it most closely in `order`.
    pub(super) fn edit(
        &self,
        sheet: &mut Sheet<'_>,
        old: &[(String, Print)],
        new: &[(String, Print)],
        order: &[&str],
    ) -> Result<(), EditError> {
        let (before, after) = (by_key(old), by_key(new));
        let mut present = HashMap::new();
        for (position, entry) in self.entries.iter().enumerate() {
            let key = entry.key.as_str();
            present.insert(key, position);
            match (before.get(key), after.get(key)) {
                (None, None) => {}
                (Some(before), Some(after)) if before.says(after) => {}
                (before, Some(after)) => value::set(sheet, entry, &self.field(key)?, before.copied(), after)?,
                (Some(_), None) => value::remove(sheet, entry, &self.field(key)?)?,
            }
        }
        let mut ranks = HashMap::new();
        for (rank, key) in order.iter().enumerate() {
            ranks.entry(*key).or_insert(rank);
        }
        for (key, value) in new.iter().filter(|(key, _)| !present.contains_key(key.as_str())) {
            let field = self.field(key)?;
            let rank = ranks.get(key.as_str()).copied().unwrap_or(order.len());
            let later = order.iter().skip(rank + 1);
            let next = later.filter_map(|key| present.get(key)).next();
            self.insert(sheet, &field, (key, value), next.copied())?;
        }
        Ok(())
    }

    /// The name of a key in messages; fails where the mapping has no lines.
    fn field(&self, key: &str) -> Result<String, EditError> {
        let field = match self.path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        match self.block {
            true => Ok(field),
            false => Err(EditError::Layout {
                field,
                reason: "the frontmatter is written in braces",
            }),
        }
    }

    fn insert(
        &self,
        sheet: &mut Sheet<'_>,
        field: &str,
        (key, value): (&str, &Print),
        next: Option<usize>,
    ) -> Result<(), EditError> {
        let indent = self.entries.first().map_or(Some(0), |e| sheet.indent_of(e.span.start));
        let indent = indent.ok_or_else(|| value::not_at_line_start(field))?;
        let at = match next {
            Some(next) => {
                let floor = match next.checked_sub(1) {
                    Some(previous) => sheet.lines_end(&self.entries[previous].value),
                    None => 0,
                };
                sheet.above(sheet.line_start(self.entries[next].span.start), floor, indent)
            }
            None => self.end,
        };
        let key = print_key(key);
        let printed = print_under(value, indent, key.len());
        let printed = value::safe_at(sheet, at, indent, value, printed);
        sheet.write(at..at, format!("{}{key}:{printed}", " ".repeat(indent)));
        Ok(())
    }
}

/// The values by their keys.
pub(super) fn by_key(pairs: &[(String, Print)]) -> HashMap<&str, &Print> {
    pairs.iter().map(|(key, value)| (key.as_str(), value)).collect()
}
