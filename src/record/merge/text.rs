//! Texts, merged line by line.

/// Texts of more lines than this are not compared line by line: the time it takes grows with the square.
const LINES: usize = 20_000;

/// The three-way merge of texts by line, or `None` where both sides changed the same lines.
///
/// The same for both orders of the sides. There are never conflict markers in the result.
#[must_use]
pub fn merge_lines(base: &str, ours: &str, theirs: &str) -> Option<String> {
    if theirs == base || ours == theirs {
        return Some(ours.to_owned());
    }
    if ours == base {
        return Some(theirs.to_owned());
    }
    if [base, ours, theirs].iter().any(|text| text.lines().count() > LINES) {
        return None;
    }
    // Adding a line to the end changes no line above it, whether or not that one ends in a line feed.
    let complete = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("{text}\n")
        }
    };
    let merged = diffy::merge(&complete(base), &complete(ours), &complete(theirs)).ok()?;
    Some(merged.strip_suffix('\n').unwrap_or(&merged).to_owned())
}

#[cfg(test)]
mod tests {
    use super::merge_lines;

    #[test]
    fn changes_of_different_lines_are_both_kept() {
        let base = "a\nb\nc\nd";
        assert_eq!(
            merge_lines(base, "A\nb\nc\nd", "a\nb\nc\nd\ne").as_deref(),
            Some("A\nb\nc\nd\ne")
        );
        assert_eq!(merge_lines("a\nb", "A\nb", "a\nb\nc").as_deref(), Some("A\nb\nc"));
        assert_eq!(merge_lines(base, "b\nc\nd", "a\nb\nc").as_deref(), Some("b\nc"));
        assert_eq!(merge_lines("", "a", "a").as_deref(), Some("a"));
    }

    #[test]
    fn an_overlap_is_said() {
        assert_eq!(merge_lines("a\nb", "A\nb", "1\nb"), None);
        assert_eq!(merge_lines("", "a", "b"), None);
        let long = |first: &str| format!("{first}{}", "\n".repeat(20_001));
        assert_eq!(merge_lines(&long("a"), &long("b"), &long("c")), None);
    }
}
