//! What the Markdown of a body says to a machine: how many of its task boxes are ticked; and how it goes into a report.

mod quote;

use pulldown_cmark::{Event, Options, Parser};

pub use quote::quoted;

/// How many of the task boxes of a body are ticked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Progress {
    /// Ticked boxes.
    pub done: usize,
    /// All boxes.
    pub total: usize,
}

/// Counts the task boxes of a body; boxes in code blocks are not boxes.
#[must_use]
pub fn progress(body: &str) -> Progress {
    // Most bodies have none, and finding that out is cheaper than parsing.
    if !body.contains("[ ]") && !body.contains("[x]") && !body.contains("[X]") {
        return Progress::default();
    }
    let mut progress = Progress::default();
    for event in Parser::new_ext(body, Options::ENABLE_TASKLISTS) {
        if let Event::TaskListMarker(ticked) = event {
            progress.total += 1;
            progress.done += usize::from(ticked);
        }
    }
    progress
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_counted_where_markdown_has_them() {
        let body = "- [x] one\n- [ ] two\n  - [X] three\n\n```\n- [ ] not one\n```\n\n[ ] nor this\n";
        assert_eq!(progress(body), Progress { done: 2, total: 3 });
        assert_eq!(progress("nothing"), Progress::default());
    }
}
