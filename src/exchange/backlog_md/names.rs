//! Which task a reference means: prefixes were renamed and zeros were added over the years.

use std::collections::HashMap;

use super::place::Sort;

/// The names tasks may be referred to by, to what they are called.
#[derive(Default)]
pub(super) struct Names {
    exact: HashMap<String, String>,
    /// Numbers of tasks, as written; `None` where two have it.
    numbers: HashMap<String, Option<String>>,
    /// The same without leading zeros in each part.
    plain_numbers: HashMap<String, Option<String>>,
    milestone_titles: HashMap<String, Option<String>>,
    milestones: HashMap<String, String>,
}

impl Names {
    /// The names of items, given by id, title and sort.
    pub(super) fn of<'a>(items: impl IntoIterator<Item = (&'a str, &'a str, Sort)>) -> Self {
        let mut names = Self::default();
        for (id, title, sort) in items {
            let lower = id.to_lowercase();
            if sort == Sort::Milestone {
                names.milestones.insert(lower.clone(), id.to_owned());
                add(&mut names.milestone_titles, title.trim().to_lowercase(), id);
            }
            // Drafts and milestones are counted apart; `task-7` was never one of them.
            if let (Sort::Task, Some(number)) = (sort, number(&lower)) {
                add(&mut names.numbers, number.to_owned(), id);
                add(&mut names.plain_numbers, without_zeros(number), id);
            }
            names.exact.insert(lower, id.to_owned());
        }
        names
    }

    /// The task, draft or milestone a reference means.
    pub(super) fn task(&self, written: &str) -> Option<&str> {
        let lower = written.trim().trim_start_matches('#').to_lowercase();
        if let Some(id) = self.exact.get(&lower) {
            return Some(id);
        }
        if lower.starts_with("draft-") || lower.starts_with("m-") {
            return None;
        }
        let number = number(&lower)?;
        let by_number = || self.numbers.get(number)?.as_deref();
        let by_plain_number = || self.plain_numbers.get(&without_zeros(number))?.as_deref();
        by_number().or_else(by_plain_number)
    }

    /// The milestone a task names: by id, by the number of the id, or by title.
    pub(super) fn milestone(&self, written: &str) -> Option<&str> {
        let lower = written.trim().to_lowercase();
        let by_id = self
            .milestones
            .get(&lower)
            .or_else(|| self.milestones.get(&format!("m-{lower}")));
        by_id
            .map(String::as_str)
            .or_else(|| self.milestone_titles.get(&lower)?.as_deref())
    }
}

fn add(names: &mut HashMap<String, Option<String>>, name: String, id: &str) {
    names
        .entry(name)
        .and_modify(|other| *other = None)
        .or_insert_with(|| Some(id.to_owned()));
}

/// The number of an id, such as `355.02` of `back-355.02`; nothing where it has another shape.
fn number(id: &str) -> Option<&str> {
    let (prefix, number) = id.rsplit_once('-').unwrap_or(("", id));
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (!prefix.contains('/') && number.split('.').all(part)).then_some(number)
}

fn without_zeros(number: &str) -> String {
    let part = |part: &str| match part.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    };
    number.split('.').map(part).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::{Names, Sort};

    #[test]
    fn references_are_found_under_older_names() {
        let names = Names::of([
            ("BACK-7", "Seven", Sort::Task),
            ("BACK-355.02", "Sub", Sort::Task),
            ("BACK-9.1", "One", Sort::Task),
            ("BACK-9.01", "Zero one", Sort::Task),
            ("archive/BACK-8", "Old", Sort::Task),
            ("DRAFT-3", "Draft", Sort::Draft),
            ("m-7", "Big Release", Sort::Milestone),
        ]);
        for (written, expected) in [
            ("back-7", Some("BACK-7")),
            ("task-7", Some("BACK-7")),
            ("7", Some("BACK-7")),
            ("#7", Some("BACK-7")),
            ("task-007", Some("BACK-7")),
            ("task-355.2", Some("BACK-355.02")),
            ("task-9.1", Some("BACK-9.1")),
            ("task-09.1", None),
            ("draft-3", Some("DRAFT-3")),
            ("task-3", None),
            ("draft-7", None),
            ("task-8", None),
            ("task-x", None),
            ("", None),
        ] {
            assert_eq!(names.task(written), expected, "{written}");
        }
        for (written, expected) in [
            ("M-7", Some("m-7")),
            ("7", Some("m-7")),
            ("big release", Some("m-7")),
            ("BACK-7", None),
        ] {
            assert_eq!(names.milestone(written), expected, "{written}");
        }
    }
}
