//! What a value says, however it is spelt.

use std::collections::BTreeMap;

use toml_edit::{Item, Key, TableLike, Value};

/// A value as TOML in one line: the same for all spellings, without comments, and the keys of tables in order.
pub(super) fn said(item: &Item) -> String {
    match item {
        Item::None => String::new(),
        Item::Value(value) => said_value(value),
        Item::Table(table) => said_table(table),
        Item::ArrayOfTables(tables) => list(tables.iter().map(|table| said_table(table))),
    }
}

/// The same of a table.
pub(super) fn said_table(table: &dyn TableLike) -> String {
    let keys: BTreeMap<_, _> = table.iter().map(|(key, item)| (key, said(item))).collect();
    let keys = keys
        .into_iter()
        .map(|(key, said)| format!("{} = {said}", Key::new(key).display_repr()));
    let keys: Vec<_> = keys.collect();
    match keys.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", keys.join(", ")),
    }
}

fn said_value(value: &Value) -> String {
    let plain = match value {
        Value::Array(values) => return list(values.iter().map(said_value)),
        Value::InlineTable(table) => return said_table(table),
        Value::String(text) => Value::from(text.value().as_str()),
        Value::Integer(number) => Value::from(*number.value()),
        Value::Float(number) => Value::from(*number.value()),
        Value::Boolean(_) | Value::Datetime(_) => value.clone().decorated("", ""),
    };
    plain.to_string()
}

fn list(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}
