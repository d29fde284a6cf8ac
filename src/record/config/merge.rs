//! The three-way merge of `config.toml`: key by key, with the comments of both sides where lines can be merged.

use std::collections::BTreeSet;

use toml_edit::{DocumentMut, Item, RawString, Table, TableLike};

use super::said::{said, said_table};
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
    /// The value that stands.
    pub kept: Option<String>,
    /// The value that does not.
    pub other: Option<String>,
}

/// The merged file, and what could not be kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file.
    pub text: String,
    /// What is to be recorded; `winner` decided about each.
    pub disputed: Vec<Disputed>,
}

/// Merges three versions; none where one of the sides is not TOML, or what they say together cannot be written as such.
/// A base that is not TOML counts as empty.
///
/// The same for both orders of the sides.
#[must_use]
pub fn merge_settings(base: &str, ours: &str, theirs: &str, winner: Which) -> Option<Settings> {
    // From here on it makes no difference which side is ours.
    let (kept, other) = match winner {
        Which::Ours => (ours, theirs),
        Which::Theirs => (theirs, ours),
    };
    let parse = |text: &str| text.parse::<DocumentMut>();
    let (kept_read, other_read) = (parse(kept).ok()?, parse(other).ok()?);
    let base_read = parse(base).unwrap_or_default();
    let mut disputed = Vec::new();
    let mut merged = kept_read.clone();
    let ends = [&base_read, &kept_read, &other_read].map(|read| read.trailing().as_str());
    merged.set_trailing(last_said(ends).unwrap_or_default());
    let tables = [&base_read, &kept_read, &other_read].map(|read| -> &dyn TableLike { read.as_table() });
    merge_tables("", tables, true, merged.as_table_mut(), &mut disputed);
    let says_it =
        |text: &String| parse(text).is_ok_and(|read| said_table(read.as_table()) == said_table(merged.as_table()));
    // The lines of both say it with the comments of both, if they say just that.
    let lines = merge_lines(base, kept, other).filter(says_it);
    let text = lines.or_else(|| Some(merged.to_string()).filter(says_it))?;
    Some(Settings { text, disputed })
}

/// Merges what stands in three tables; `plain` where there may be comments, which a table in one line has none of.
fn merge_tables(
    prefix: &str,
    tables: [&dyn TableLike; 3],
    plain: bool,
    merged: &mut dyn TableLike,
    disputed: &mut Vec<Disputed>,
) {
    let [_, kept, other] = tables;
    let keys: BTreeSet<&str> = kept.iter().chain(other.iter()).map(|(key, _)| key).collect();
    for key in keys {
        let items = tables.map(|table| table.get(key));
        let around = Around::merged(key, tables).filter(|_| plain);
        if let [base, Some(Some(kept)), Some(Some(other))] = items.map(|item| item.map(Item::as_table_like)) {
            let (none, prefix) = (Table::new(), format!("{prefix}{key}."));
            let below = [base.flatten().unwrap_or(&none), kept, other];
            let plain = plain && items.iter().skip(1).flatten().all(|item| item.is_table());
            if let Some(merged) = merged.get_mut(key).and_then(Item::as_table_like_mut) {
                merge_tables(&prefix, below, plain, merged, disputed);
            }
        } else if takes_other(&format!("{prefix}{key}"), items.map(|item| item.map(said)), disputed) {
            take(key, other, plain, merged);
        }
        if let Some(around) = around {
            around.put(key, merged);
        }
    }
}

/// Whether the value of the other side is to stand; where nobody can say, that is told, and it is not.
fn takes_other(key: &str, [base, kept, other]: [Option<String>; 3], disputed: &mut Vec<Disputed>) -> bool {
    if kept == other || other == base {
        return false;
    }
    if kept == base {
        return true;
    }
    if key == REPOSITORY {
        // Without one it would be no docket.
        return other.is_some() && (kept.is_none() || other < kept);
    }
    disputed.push(Disputed {
        key: key.to_owned(),
        base,
        kept,
        other,
    });
    false
}

/// Gives a key what it has on the other side.
fn take(key: &str, other: &dyn TableLike, plain: bool, merged: &mut dyn TableLike) {
    let Some((name, item)) = other.get_key_value(key) else {
        drop(merged.remove(key));
        return;
    };
    let item = match item.clone() {
        Item::Value(value) if !plain => Item::Value(value.decorated(" ", "")),
        item => item,
    };
    match merged.get_mut(key) {
        // What stands above the key stays, which to insert it again would not leave.
        Some(old) if old.is_value() && item.is_value() => *old = item,
        _ => {
            merged.insert(key, item);
            if let Some(mut new) = merged.key_mut(key).filter(|_| plain) {
                new.leaf_decor_mut().clone_from(name.leaf_decor());
            }
        }
    }
}

/// What people wrote above a key and behind its value, or around the header of its table.
struct Around {
    is_value: bool,
    above: Option<String>,
    behind: Option<String>,
}

impl Around {
    /// That of a key of both sides.
    fn merged(key: &str, tables: [&dyn TableLike; 3]) -> Option<Self> {
        let [base, kept, other] = tables.map(|table| Self::of(key, table));
        let (kept, other) = (kept?, other?);
        let base = base.filter(|base| base.is_value == kept.is_value);
        let part = |part: fn(&Self) -> Option<&str>| {
            let found = last_said([base.as_ref().and_then(part), part(&kept), part(&other)]);
            found.map(ToOwned::to_owned)
        };
        (kept.is_value == other.is_value).then(|| Self {
            is_value: kept.is_value,
            above: part(|around| around.above.as_deref()),
            behind: part(|around| around.behind.as_deref()),
        })
    }

    fn of(key: &str, table: &dyn TableLike) -> Option<Self> {
        let (name, item) = table.get_key_value(key)?;
        let text = |text: Option<&RawString>| text.and_then(RawString::as_str).map(ToOwned::to_owned);
        match item {
            Item::Value(value) => Some(Self {
                is_value: true,
                above: text(name.leaf_decor().prefix()),
                behind: text(value.decor().suffix()),
            }),
            Item::Table(table) => Some(Self {
                is_value: false,
                above: text(table.decor().prefix()),
                behind: text(table.decor().suffix()),
            }),
            _ => None,
        }
    }

    fn put(self, key: &str, table: &mut dyn TableLike) {
        let Some((mut name, item)) = table.get_key_value_mut(key) else {
            return;
        };
        let (above, behind) = match item {
            Item::Value(value) if self.is_value => (name.leaf_decor_mut(), value.decor_mut()),
            Item::Table(table) if !self.is_value => {
                self.above
                    .into_iter()
                    .for_each(|text| table.decor_mut().set_prefix(text));
                self.behind
                    .into_iter()
                    .for_each(|text| table.decor_mut().set_suffix(text));
                return;
            }
            _ => return,
        };
        self.above.into_iter().for_each(|text| above.set_prefix(text));
        self.behind.into_iter().for_each(|text| behind.set_suffix(text));
    }
}

/// Of a comment in three versions what the side says that changed it, and where both did, the one that is kept.
fn last_said([base, kept, other]: [Option<&str>; 3]) -> Option<&str> {
    let is_silent = base.is_none() && kept.is_none_or(|kept| kept.trim().is_empty());
    if kept == base || is_silent { other } else { kept }
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
        assert_eq!(merged.disputed[0].other.as_deref(), Some("3"));
        assert_eq!(merge_settings("", "a = ", "a = 1", Which::Ours), None);
        assert_eq!(both("a = 1\nb = 1\n", "b = 1\n", "a = 1\nb = 2\n").text, "b = 2\n");
    }
}
