//! What the indexes and git are asked, to see that they answer alike.

use git_docket::filter::words::Terms;
use git_docket::filter::{Order, RecordFilter, RecordOrder, WorkItemFilter};
use git_docket::ops::{ListRequest, RecordListRequest};
use git_docket::record::Kind;
use git_docket::record::value::Time;
use git_docket::record::work_item::{ItemType, Status};

/// What is asked of both about records of a kind.
pub(super) fn record_questions(kind: Kind) -> Vec<RecordListRequest> {
    let all = || RecordFilter::of(kind);
    let filters = [
        all(),
        RecordFilter {
            include_gone: true,
            ..all()
        },
        RecordFilter {
            statuses: vec!["broken".to_owned(), "approved".to_owned()],
            ..all()
        },
        RecordFilter {
            priorities: vec![1, 2],
            quarter: Some("2026-Q1".to_owned()),
            ..all()
        },
        RecordFilter {
            environment: Some("production".to_owned()),
            since: Time::from_milliseconds(1_759_999_900_000),
            until: Time::from_milliseconds(1_760_000_100_000),
            ..all()
        },
    ];
    let orders = [
        RecordOrder::Updated,
        RecordOrder::Deployed,
        RecordOrder::Name,
        RecordOrder::Priority,
    ];
    let mut questions = Vec::new();
    for filter in filters {
        for (order, (reverse, limit, offset)) in orders
            .into_iter()
            .zip([(false, None, 0), (true, Some(2), 1)].into_iter().cycle())
        {
            questions.push(RecordListRequest {
                filter: filter.clone(),
                order: Some(order),
                reverse,
                limit,
                offset,
                ..RecordListRequest::of(kind)
            });
        }
    }
    questions
}

/// What is asked of both.
pub(super) fn questions() -> Vec<ListRequest> {
    let of = |filter: WorkItemFilter| ListRequest {
        filter,
        ..ListRequest::default()
    };
    let text = |text: &str| {
        of(WorkItemFilter {
            text: Terms::of(text),
            ..WorkItemFilter::default()
        })
    };
    let mut questions = vec![
        of(WorkItemFilter {
            include_deleted: true,
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            include_archived: true,
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            roots_only: true,
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            statuses: vec![Status::Active, Status::Completed],
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            labels: vec!["one".to_owned()],
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            item_types: vec![ItemType::Task],
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            waiting: true,
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            claim_expired: Time::from_milliseconds(1_760_001_000_000),
            ..WorkItemFilter::default()
        }),
        text("item"),
        text("not SAID"),
        of(WorkItemFilter {
            text: Terms::of("item"),
            labels: vec!["one".to_owned()],
            include_archived: true,
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            text: Terms::of("not said"),
            include_archived: true,
            ..WorkItemFilter::default()
        }),
        text("strasse"),
        of(WorkItemFilter {
            labels: vec!["one".to_owned(), "two words".to_owned()],
            ..WorkItemFilter::default()
        }),
        of(WorkItemFilter {
            labels: vec!["one".to_owned()],
            include_deleted: true,
            ..WorkItemFilter::default()
        }),
    ];
    questions.extend(pages_of_few());
    for order in [Order::Updated, Order::Created, Order::Urgency] {
        for (reverse, limit, offset) in [(false, None, 0), (true, Some(3), 0), (false, Some(2), 2)] {
            questions.push(ListRequest {
                order: Some(order),
                reverse,
                limit,
                offset,
                ..ListRequest::default()
            });
        }
    }
    questions
}

/// Pages of what has a label, an assignee, or words.
fn pages_of_few() -> Vec<ListRequest> {
    let text = |text: &str| WorkItemFilter {
        text: Terms::of(text),
        ..WorkItemFilter::default()
    };
    let mut questions = Vec::new();
    for (reverse, limit, offset) in [(false, Some(1), 0), (false, Some(2), 1), (true, Some(1), 1)] {
        let labelled = WorkItemFilter {
            labels: vec!["one".to_owned()],
            statuses: vec![Status::Pending, Status::Active],
            ..WorkItemFilter::default()
        };
        let assigned = WorkItemFilter {
            assignee: Some("ana".to_owned()),
            item_types: vec![ItemType::Task, ItemType::Research],
            ..WorkItemFilter::default()
        };
        for filter in [labelled, assigned, text("item"), text("not said")] {
            questions.push(ListRequest {
                reverse,
                limit,
                offset,
                filter,
                ..ListRequest::default()
            });
        }
    }
    questions
}
