//! Lists and mappings in brackets that stand on one line.

use std::collections::{HashMap, HashSet, VecDeque};

use super::map::by_key;
use super::sheet::Sheet;
use crate::record::yaml::{Entry, FLOW_WIDTH, Node, Print, on_one_line, print_key};

/// For each new value the old one that says the same; none is taken twice.
pub(super) fn kept(old: &[Print], new: &[Print]) -> Vec<Option<usize>> {
    let mut places: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (place, value) in old.iter().enumerate() {
        places.entry(on_one_line(value, true)).or_default().push_back(place);
    }
    new.iter()
        .map(|value| places.get_mut(&on_one_line(value, true))?.pop_front())
        .collect()
}

/// Writes the list between its brackets anew; what stays is spelled as it was.
pub(super) fn list(sheet: &mut Sheet<'_>, node: &Node, items: &[Node], old: &[Print], new: &[Print]) {
    let kept = if old.len() == items.len() {
        kept(old, new)
    } else {
        vec![None; new.len()]
    };
    let items_now = kept.iter().zip(new).map(|(old, value)| match old {
        Some(place) => sheet.text(&items[*place].span).to_owned(),
        None => on_one_line(value, true),
    });
    let text = items_now.collect::<Vec<_>>().join(", ");
    match (items.first(), items.last()) {
        (Some(first), Some(last)) => sheet.write(first.span.start..last.span.end, text),
        _ => sheet.write(node.span.clone(), format!("[{text}]")),
    }
}

/// The mapping on one line, if it fits; what stays is spelled as it was.
pub(super) fn map(
    sheet: &Sheet<'_>,
    node: &Node,
    entries: &[Entry],
    old: &[(String, Print)],
    new: &[(String, Print)],
) -> Option<String> {
    let (before, after) = (by_key(old), by_key(new));
    let mut parts = Vec::new();
    for entry in entries {
        let whole = entry.span.start..entry.value.span.end.max(entry.span.end);
        match (before.get(entry.key.as_str()), after.get(entry.key.as_str())) {
            (None, None) => parts.push(sheet.text(&whole).to_owned()),
            (Some(before), Some(after)) if before.says(after) => parts.push(sheet.text(&whole).to_owned()),
            (_, Some(after)) => parts.push(format!("{}: {}", sheet.text(&entry.span), on_one_line(after, true))),
            (Some(_), None) => {}
        }
    }
    let present: HashSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    let added = new.iter().filter(|(key, _)| !present.contains(key.as_str()));
    parts.extend(added.map(|(key, value)| format!("{}: {}", print_key(key), on_one_line(value, true))));
    let text = format!("{{{}}}", parts.join(", "));
    let used = sheet.text(&(sheet.line_start(node.span.start)..node.span.start));
    (used.chars().count() + text.chars().count() <= FLOW_WIDTH).then_some(text)
}
