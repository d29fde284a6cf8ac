//! One hash of everything the index says, whatever way it came to say it, and whichever it is.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::statement::Statement;
use super::{Error, Index};

/// Of each table, the columns as they are, those that are times, those that are JSON, and what they are ordered by;
/// numbers that only this index has are replaced by what they stand for.
struct Table {
    from: &'static str,
    columns: &'static str,
    times: &'static [&'static str],
    json: Option<&'static str>,
    order: &'static str,
}

const TABLES: &[Table] = &[
    Table {
        from: "record JOIN content",
        columns: "path, kind, id, stigid, owner, title, item_type, status, priority, parent, assignee, claimed_by, gone, \
                  archived, settled, boxes, boxes_done, imported, imported_by, live, ready, version, updated_by, name, \
                  quarter, environment, branch, body, newer_schema",
        times: &["claimed_until", "created_at", "imported_at", "updated_at"],
        json: Some("fields"),
        order: "path",
    },
    Table {
        from: "label JOIN record",
        columns: "path, label, label.id, label.item_type, label.status",
        times: &["label.updated_at"],
        json: None,
        order: "path, label",
    },
    Table {
        from: "alias JOIN record",
        columns: "path, alias, folded",
        times: &[],
        json: None,
        order: "path, alias",
    },
    Table {
        from: "edge JOIN record",
        columns: "path, position, source, target",
        times: &[],
        json: None,
        order: "path, position",
    },
    Table {
        from: "touches JOIN record",
        columns: "path, target",
        times: &[],
        json: None,
        order: "path, target",
    },
    Table {
        from: "attribute JOIN record",
        columns: "path, attribute.name, text, number",
        times: &[],
        json: None,
        order: "path, attribute.name, text NULLS FIRST, number NULLS FIRST",
    },
    Table {
        from: "unreadable",
        columns: "path, kind",
        times: &[],
        json: Some("violations"),
        order: "path",
    },
    Table {
        from: "tally",
        columns: "item_type, status, ready, items",
        times: &[],
        json: None,
        order: "item_type, status, ready",
    },
    Table {
        from: "commits",
        columns: "oid, position, author, client, merge",
        times: &["at"],
        json: None,
        order: "oid",
    },
    Table {
        from: "change JOIN commits",
        columns: "oid, path, owner",
        times: &[],
        json: None,
        order: "oid, path",
    },
    Table {
        from: "touched JOIN commits",
        columns: "touched.path, version, commits.oid",
        times: &[],
        json: None,
        order: "touched.path",
    },
];

impl Index {
    /// A hash of all rows. Two indexes of the same tip have the same, also where one was brought
    /// forward commit by commit and the other built at once, and where one is SQLite and the other Postgres.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn digest(&mut self) -> Result<String, Error> {
        let state = self.state()?;
        let mut digest = Sha256::new();
        digest.update(format!("{:?}{:?}{}", state.tip, state.history, state.complete));
        for table in TABLES {
            for row in self.ask::<Vec<Value>>(&self.all_of(table))? {
                let row: Vec<Value> = row.into_iter().map(plain).collect();
                digest.update(Value::Array(row).to_string());
                digest.update("\n");
            }
            digest.update("\0");
        }
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn all_of(&self, table: &Table) -> Statement {
        let dialect = self.dialect();
        let (name, joined) = table.from.split_once(' ').unwrap_or((table.from, ""));
        let using = match joined {
            "" => "",
            "JOIN commits" => dialect.numbered(),
            _ => dialect.using(),
        };
        let mut columns = vec![table.columns.to_owned()];
        columns.extend(table.times.iter().map(|column| dialect.milliseconds(column)));
        columns.extend(table.json.map(|column| dialect.json(column)));
        // A number of something that was there and is no more.
        let some = if name == "tally" { "items <> 0" } else { "TRUE" };
        let sql = format!(
            "SELECT {} FROM {} {using} WHERE {}{some}",
            dialect.rows(&columns.join(", "), table.order),
            table.from,
            dialect.here(name)
        );
        Statement::new(dialect, sql)
    }
}

/// A value as every index has it: SQLite has truth values as numbers, and Postgres writes 4.0 as 4.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::from(number.to_string().trim_end_matches(".0")),
        Value::Number(number) => Value::from(number.to_string()),
        Value::Bool(truth) => Value::from(if truth { "1" } else { "0" }),
        other => other,
    }
}
