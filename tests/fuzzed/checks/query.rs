//! A query is refused with the place that is wrong, or has one meaning: as it is printed, in the index, and in git.

use git_docket::filter::WorkItemFilter;
use git_docket::filter::query::{Query, QueryError};
use git_docket::ops::{self, ListRequest};

use super::project::Project;
use crate::docket::same;

/// No text is longer.
const MOST: usize = 64 << 10;

pub(crate) fn check(project: &Project, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match text.parse::<Query>() {
        Err(error) => places(text, &error),
        Ok(query) => {
            let printed = query.to_string();
            if printed.len() <= MOST {
                let again = printed.parse::<Query>();
                assert_eq!(again.as_ref(), Ok(&query), "{printed}");
                assert_eq!(query.to_string(), printed);
                answered(project, &printed, data.len());
            }
            answered(project, text, data.len());
        }
    }
}

/// The line and column of an error are places of the text, or its end.
fn places(text: &str, error: &QueryError) {
    let line = text.split('\n').nth(error.line - 1);
    let line = line.unwrap_or_else(|| panic!("{error:?}"));
    assert!((1..=line.chars().count() + 1).contains(&error.column), "{error:?}");
    assert_eq!(
        error.text.trim_end_matches('\r'),
        line.trim_end_matches('\r'),
        "{error:?}"
    );
    assert!(!error.expected.is_empty() && !error.found.is_empty(), "{error:?}");
}

/// The index gives the answer that git gives; which of the lists is asked for depends on the length of the input.
fn answered(project: &Project, text: &str, length: usize) {
    let everything = length.is_multiple_of(2);
    let request = ListRequest {
        filter: WorkItemFilter {
            include_deleted: everything,
            include_archived: everything,
            ..WorkItemFilter::default()
        },
        query: Some(text.to_owned()),
        reverse: (length / 2).is_multiple_of(2),
        ..ListRequest::default()
    };
    let (index, git) = (
        ops::list(&project.indexed, &request),
        ops::list(&project.plain, &request),
    );
    match (index, git) {
        (Ok(index), Ok(git)) => {
            assert_eq!(
                (index.meta.data_source, git.meta.data_source),
                ("sqlite", "git"),
                "{text}"
            );
            same(&index, &git);
        }
        (Err(index), Err(git)) => assert_eq!(index.to_json(), git.to_json(), "{text}"),
        (index, git) => panic!("only one answers {text}: {:?} {:?}", index.err(), git.err()),
    }
}
