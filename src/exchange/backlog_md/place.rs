//! What the directory of a file says about it.

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Task,
    Draft,
    Milestone,
}

/// The directory of a file with a record in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sort: Sort,
    /// Whether it lies with the completed tasks.
    pub(super) completed: bool,
    /// Whether it was put away.
    pub(super) archived: bool,
}

impl Place {
    /// The place of a file, or why no record is in it.
    pub(super) fn of(path: &str) -> Result<Self, &'static str> {
        let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
        if file.eq_ignore_ascii_case("readme.md") {
            return Err("explains a directory; it is not a task");
        }
        if directory.is_empty() && matches!(file, "config.yml" | "config.yaml") {
            return Err("holds the settings of the other tracker");
        }
        let place = |sort, completed, archived| Self {
            sort,
            completed,
            archived,
        };
        let place = match directory {
            "tasks" => place(Sort::Task, false, false),
            "completed" => place(Sort::Task, true, false),
            "drafts" => place(Sort::Draft, false, false),
            "milestones" => place(Sort::Milestone, false, false),
            "archive/tasks" => place(Sort::Task, false, true),
            "archive/completed" => place(Sort::Task, true, true),
            "archive/drafts" => place(Sort::Draft, false, true),
            "archive/milestones" => place(Sort::Milestone, false, true),
            _ => return Err(no_record(directory)),
        };
        match file.to_ascii_lowercase().ends_with(".md") {
            true => Ok(place),
            false => Err("is not a Markdown file"),
        }
    }

    /// Who keeps an id that several have: the smallest.
    pub(super) fn rank(&self) -> u8 {
        u8::from(self.archived) * 4
            + match self.sort {
                Sort::Task => u8::from(self.completed),
                Sort::Draft => 2,
                Sort::Milestone => 3,
            }
    }
}

fn no_record(directory: &str) -> &'static str {
    let below_archive = directory.strip_prefix("archive/").unwrap_or(directory);
    match below_archive.split('/').next() {
        Some("docs" | "decisions") => "no record kind for documents yet",
        _ => "lies in no directory of tasks, drafts or milestones",
    }
}
