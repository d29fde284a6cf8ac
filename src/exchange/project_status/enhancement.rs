//! Enhancements: `- Streaming reports (Priority: High, Q1 2026, planned)`.

use super::entries::Entry;
use super::marked::{Marked, is_nothing};
use super::vendor::insert;
use super::{Enhancement, Unread};
use crate::record::enhancement::EnhancementStatus;

/// What a file tells of an enhancement; the reason where it cannot be used.
pub(super) fn enhancement(entry: &Entry, unread: &mut Vec<Unread>) -> Result<Enhancement, String> {
    let facts = entry.title.split_parentheses().filter(|_| !entry.is_row);
    let (title, inside) = facts.map_or((entry.title.clone(), None), |(title, inside)| (title, Some(inside)));
    let mut enhancement = Enhancement {
        title: title.text(),
        line: entry.line,
        ..Enhancement::default()
    };
    let parts = inside.iter().flat_map(|inside| inside.split(','));
    let facts: Vec<_> = parts.map(|part| (part.text(), fact(&mut enhancement, &part))).collect();
    // Parentheses of the title itself say nothing of what is looked for.
    if !facts.is_empty() && facts.iter().all(|(_, is_read)| !is_read) {
        enhancement.title = entry.title.text();
    } else {
        let lost = facts.into_iter().filter(|(_, is_read)| !is_read);
        unread.extend(lost.map(|(text, _)| Unread { line: entry.line, text }));
    }
    for field in &entry.fields {
        let text = field.value.text();
        let is_read = is_nothing(&text)
            || match field.key.as_str() {
                "priority" => priority(&mut enhancement, &text),
                "status" => status(&mut enhancement, &text),
                "target" | "quarter" | "target quarter" => quarter(&mut enhancement, &text),
                "description" | "details" => {
                    enhancement.body.push(text.clone());
                    true
                }
                key => insert(&mut enhancement.metadata, key.replace([' ', '-'], "_"), &text),
            };
        if !is_read {
            unread.push(Unread {
                line: field.line,
                text: format!("{}: {text}", field.key),
            });
        }
    }
    match enhancement.title.is_empty() {
        false => Ok(enhancement),
        true => Err("an enhancement without a title".to_owned()),
    }
}

fn fact(enhancement: &mut Enhancement, part: &Marked) -> bool {
    if let Some((key, value)) = part.split_once(':') {
        let value = value.text();
        return match key.word().as_str() {
            "priority" => priority(enhancement, &value),
            "status" => status(enhancement, &value),
            "target" | "quarter" => quarter(enhancement, &value),
            _ => false,
        };
    }
    let text = part.text();
    let named = text.to_lowercase();
    let of_priority = named.strip_suffix(" priority").map(str::to_owned);
    of_priority.is_some_and(|word| priority(enhancement, &word))
        || quarter(enhancement, &text)
        || status(enhancement, &text)
}

/// The words of the report, and the numbers between them.
fn priority(enhancement: &mut Enhancement, text: &str) -> bool {
    let priority = match text.trim().to_lowercase().as_str() {
        "highest" | "critical" | "high" | "1" => 1,
        "2" => 2,
        "medium" | "normal" | "3" => 3,
        "4" => 4,
        "low" | "lowest" | "5" => 5,
        _ => return false,
    };
    let is_first = enhancement.priority.is_none();
    enhancement.priority.get_or_insert(priority);
    is_first
}

fn status(enhancement: &mut Enhancement, text: &str) -> bool {
    let status = match text.trim().to_lowercase().as_str() {
        "planned" => EnhancementStatus::Planned,
        "approved" => EnhancementStatus::Approved,
        "implementing" | "in progress" => EnhancementStatus::Implementing,
        "completed" | "done" => EnhancementStatus::Completed,
        _ => return false,
    };
    let is_first = enhancement.status.is_none();
    enhancement.status.get_or_insert(status);
    is_first
}

/// `Q1 2026` or `2026-Q1`.
fn quarter(enhancement: &mut Enhancement, text: &str) -> bool {
    let Some((one, other)) = text.trim().split_once([' ', '-']) else {
        return false;
    };
    let (year, quarter) = match one.starts_with(['Q', 'q']) {
        true => (other, one),
        false => (one, other),
    };
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let is_quarter = matches!(quarter.to_uppercase().as_str(), "Q1" | "Q2" | "Q3" | "Q4");
    if !is_year || !is_quarter || enhancement.quarter.is_some() {
        return false;
    }
    enhancement.quarter = Some(format!("{year}-{}", quarter.to_uppercase()));
    true
}
