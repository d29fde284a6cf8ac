//! The three-way merge of `config.toml`: key by key, with the comments of both sides where lines can be merged.

use toml_edit::{DocumentMut, Item, Table};

use crate::record::merge::{Which, merge_lines};

/// The key that tells dockets apart. Two that were begun apart and met are one, under the smaller name.
const REPOSITORY: &str = "repository";

/// A key that both sides changed to different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    /// The key, dotted in a table.
    pub key: String,
    /// The value before both, as TOML.
    pub base: Option<String>,
    /// The value of the first side.
    pub ours: Option<String>,
    /// The value of the second side.
    pub theirs: Option<String>,
}

/// The merged file, and what could not be kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file.
    pub text: String,
    /// What is to be recorded; `winner` decided about each.
    pub disputed: Vec<Disputed>,
}

/// Merges three versions; none where one of the sides is not TOML. A base that is not counts as empty.
///
/// The same for both orders of the sides.
#[must_use]
pub fn merge_settings(base: &str, ours: &str, theirs: &str, winner: Which) -> Option<Settings> {
    let parse = |text: &str| text.parse::<DocumentMut>();
    let (ours_read, theirs_read) = (parse(ours).ok()?, parse(theirs).ok()?);
    let base_read = parse(base).unwrap_or_default();
    let mut disputed = Vec::new();
    let mut merged = match winner {
        Which::Ours => ours_read.clone(),
        Which::Theirs => theirs_read.clone(),
    };
    let tables = [base_read.as_table(), ours_read.as_table(), theirs_read.as_table()];
    merge_tables("", tables, winner, merged.as_table_mut(), &mut disputed);
    // The lines of both say it with the comments of both, if they say just that.
    let lines = merge_lines(base, ours, theirs);
    let lines = lines.filter(|lines| parse(lines).is_ok_and(|read| says(read.as_table()) == says(merged.as_table())));
    Some(Settings {
        text: lines.unwrap_or_else(|| merged.to_string()),
        disputed,
    })
}

fn merge_tables(
    prefix: &str,
    [base, ours, theirs]: [&Table; 3],
    winner: Which,
    merged: &mut Table,
    disputed: &mut Vec<Disputed>,
) {
    let mut keys: Vec<&str> = ours.iter().chain(theirs.iter()).map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let items = [base.get(key), ours.get(key), theirs.get(key)];
        let [b, o, t] = items.map(|item| item.map(said));
        if let (Some(ours), Some(theirs)) = (items[1].and_then(Item::as_table), items[2].and_then(Item::as_table)) {
            let (none, prefix) = (Table::new(), format!("{prefix}{key}."));
            let base = items[0].and_then(Item::as_table).unwrap_or(&none);
            if let Some(merged) = merged.get_mut(key).and_then(Item::as_table_mut) {
                merge_tables(&prefix, [base, ours, theirs], winner, merged, disputed);
            }
            continue;
        }
        let kept = if o == t || t == b {
            Which::Ours
        } else if o == b {
            Which::Theirs
        } else if prefix.is_empty() && key == REPOSITORY {
            if o <= t { Which::Ours } else { Which::Theirs }
        } else {
            disputed.push(Disputed {
                key: format!("{prefix}{key}"),
                base: b,
                ours: o,
                theirs: t,
            });
            winner
        };
        if kept != winner {
            let item = match kept {
                Which::Ours => items[1],
                Which::Theirs => items[2],
            };
            match item {
                Some(item) => drop(merged.insert(key, item.clone())),
                None => drop(merged.remove(key)),
            }
        }
    }
}

/// A value without the comments and blanks around it.
fn said(item: &Item) -> String {
    match item {
        Item::Value(value) => value.clone().decorated("", "").to_string(),
        Item::Table(table) => format!("{:?}", says(table)),
        other => other.to_string().trim().to_owned(),
    }
}

fn says(table: &Table) -> Vec<(String, String)> {
    let mut said: Vec<_> = table.iter().map(|(key, item)| (key.to_owned(), said(item))).collect();
    said.sort();
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(base: &str, ours: &str, theirs: &str) -> Settings {
        let one = merge_settings(base, ours, theirs, Which::Ours).expect("TOML");
        let other = merge_settings(base, theirs, ours, Which::Theirs).expect("TOML");
        assert_eq!(one.text, other.text);
        assert_eq!(one.disputed.len(), other.disputed.len());
        one
    }

    #[test]
    fn keys_are_merged_one_by_one() {
        let merged = both("a = 1\n", "a = 1\nb = 2\n[p]\nx = 1\n", "a = 3\n[p]\ny = 2\n");
        let read: DocumentMut = merged.text.parse().expect("TOML");
        assert_eq!(read["a"].as_integer(), Some(3));
        assert_eq!(read["b"].as_integer(), Some(2));
        assert_eq!(
            (read["p"]["x"].as_integer(), read["p"]["y"].as_integer()),
            (Some(1), Some(2))
        );
        assert_eq!(merged.disputed, []);
    }

    #[test]
    fn of_two_repositories_the_smaller_stands_and_nothing_is_recorded() {
        let merged = both("", "# one\nrepository = \"b\"\n", "# two\nrepository = \"a\"\n");
        assert!(merged.text.contains("repository = \"a\""), "{}", merged.text);
        assert_eq!(merged.disputed, []);
    }

    #[test]
    fn what_both_changed_is_told() {
        let merged = both("a = 1\n", "a = 2 # ours\n", "a = 3\n");
        assert_eq!(merged.text, "a = 2 # ours\n");
        assert_eq!(merged.disputed[0].key, "a");
        assert_eq!(merged.disputed[0].theirs.as_deref(), Some("3"));
        assert_eq!(merge_settings("", "a = ", "a = 1", Which::Ours), None);
        assert_eq!(both("a = 1\nb = 1\n", "b = 1\n", "a = 1\nb = 2\n").text, "b = 2\n");
    }
}
