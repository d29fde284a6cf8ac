//! Criteria as task boxes.

/// The text with its list items as task boxes; those that are boxes already stay.
pub(super) fn with_boxes(text: &str) -> String {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let content = line.trim_start();
        fenced ^= content.starts_with("```") || content.starts_with("~~~");
        let item = (!fenced).then(|| list_item(content)).flatten();
        lines.push(match item {
            Some((marker, item)) if !is_box(item) => {
                let indent = &line[..line.len() - content.len()];
                format!("{indent}{marker} [ ] {item}")
            }
            _ => line.to_owned(),
        });
    }
    lines.join("\n")
}

/// The marker and the text of a list item.
fn list_item(line: &str) -> Option<(&str, &str)> {
    let (marker, item) = line.split_once(' ')?;
    let number = marker.strip_suffix(['.', ')']).unwrap_or_default();
    let numbered = (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let item = item.trim_start();
    ((matches!(marker, "-" | "*" | "+") || numbered) && !item.is_empty()).then_some((marker, item))
}

fn is_box(item: &str) -> bool {
    ["[ ] ", "[x] ", "[X] "].iter().any(|mark| item.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::with_boxes;

    #[test]
    fn list_items_become_boxes() {
        let text = "All of:\n- one\n  * two\n3. three\n- [x] four\n-five\n```\n- six\n```\n- seven";
        let expected = "All of:\n- [ ] one\n  * [ ] two\n3. [ ] three\n- [x] four\n-five\n```\n- six\n```\n- [ ] seven";
        assert_eq!(with_boxes(text), expected);
    }
}
