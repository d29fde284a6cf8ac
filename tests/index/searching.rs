//! Words that many items have, and words that few have: page by page, whoever is asked.

use git_docket::filter::WorkItemFilter;
use git_docket::filter::words::Terms;
use git_docket::ops::{self, BatchLine, CreateRequest, ListRequest, NoteRequest, UpdateRequest};
use git_docket::record::value::Time;
use git_docket::record::work_item::ItemType;

use crate::docket::{Docket, same};
use crate::postgres::Server;

/// In five commits, not in the order of their numbers.
const ITEMS: usize = 1_300;

/// "common" is in the text of all but every tenth, and in the title of every fourth; "rare" in one title, one text and
/// three notes, one of them on an item that is deleted.
fn item(number: usize) -> BatchLine {
    let title = match number {
        _ if number.is_multiple_of(4) => format!("Common item {number}"),
        11 => "A rare item".to_owned(),
        _ => format!("Item {number}"),
    };
    let mut request = CreateRequest::new(ItemType::Task, &title);
    request.body = match number {
        30 => Some("It is rare.\n".to_owned()),
        _ if number.is_multiple_of(10) => None,
        _ => Some("It is common.\n".to_owned()),
    };
    BatchLine::CreateWorkItem(Box::new(request))
}

fn large(url: &str) -> Docket {
    let docket = Docket::new().in_database(url);
    let mut ids = Vec::new();
    for (at, start) in (0..ITEMS).step_by(ITEMS / 5).enumerate() {
        let lines: Vec<_> = (start..start + ITEMS / 5)
            .map(|number| (number, item(number)))
            .collect();
        let context = docket.open([30, 10, 50, 20, 40][at], true);
        let made = ops::batch(&context, &lines).expect("items");
        ids.extend(made.ids);
    }
    let notes = [
        (50, "A rare note."),
        (30, "Rare as well."),
        (52, "A rare note, and common."),
        (70, "Common."),
        (71, "Common."),
    ];
    for (number, body) in notes {
        let note = NoteRequest {
            on: ids[number].clone(),
            body: body.to_owned(),
            created_by: None,
        };
        ops::note(&docket.open(100, true), &note).expect("a note");
    }
    let deleted = UpdateRequest {
        id: ids[52].clone(),
        deleted_at: Time::from_milliseconds(1_760_000_200_000).map(|time| time.to_string()),
        ..UpdateRequest::default()
    };
    ops::update(&docket.open(200, true), &deleted).expect("a change");
    docket
}

/// Asks all three, which say the same: how many there are.
fn asked(docket: &Docket, words: &str, limit: usize, offset: usize) -> usize {
    let request = ListRequest {
        filter: WorkItemFilter {
            text: Terms::of(words),
            ..WorkItemFilter::default()
        },
        limit: Some(limit),
        offset,
        ..ListRequest::default()
    };
    let read = ops::search(&docket.open(1_000, false), &request).expect("an answer");
    for (context, source) in [
        (docket.open(1_000, true), "sqlite"),
        (docket.open_database(1_000), "postgres"),
    ] {
        let found = ops::search(&context, &request).expect("an answer");
        assert_eq!(found.meta.data_source, source, "{words}");
        assert_eq!(found.total_count, read.total_count, "{words}");
        same(&found, &read);
    }
    read.total_count
}

#[test]
fn pages_of_what_many_and_few_have() {
    let server = Server::start();
    let docket = large(&server.url());
    ops::sync_index(&docket.open_database(1_000)).expect("a database");
    let questions = [
        ("common", 1_235, 5, 0),
        ("comm", 1_235, 5, 323),
        ("common", 1_235, 5, 500),
        ("common", 1_235, 2_000, 0),
        ("common", 1_235, 10, 5_000),
        ("it is", 1_170, 5, 2),
        ("it-is", 1_170, 5, 2),
        ("is-it", 0, 5, 0),
        ("common-item", 324, 5, 320),
        ("rare", 3, 5, 0),
        ("rare", 3, 1, 2),
        ("rare", 3, 1, 3),
        ("a rare note", 1, 5, 0),
        ("none of it", 0, 5, 0),
    ];
    for (words, total, limit, offset) in questions {
        assert_eq!(asked(&docket, words, limit, offset), total, "{words}");
    }
}

#[test]
fn what_was_gathered_is_as_current_as_the_rest() {
    let server = Server::start();
    let docket = large(&server.url());
    let sync = || {
        ops::sync_index(&docket.open_database(1_000)).expect("a database");
        server.run("SELECT gathered FROM git_docket.repository")
    };
    let gathered = sync();
    assert_eq!(gathered, (ITEMS - 1).to_string());
    let questions = [
        "common",
        "item",
        "it is",
        "item comm",
        "item 12",
        "new",
        "changed",
        "1",
        "common-item",
    ];
    let counted = |words: &[&str]| {
        words
            .iter()
            .map(|words| asked(&docket, words, 5, 0))
            .collect::<Vec<_>>()
    };
    assert_eq!(counted(&questions), [1_235, 1_299, 1_170, 1_234, 111, 0, 0, 410, 324]);

    // The item with the last number goes and comes back under another name; one gets a common word, one loses it, and
    // one goes for good.
    let find = |title: &str| {
        let filter = WorkItemFilter {
            text: Terms::of(title),
            ..WorkItemFilter::default()
        };
        let found = ops::search(
            &docket.open(300, true),
            &ListRequest {
                filter,
                ..ListRequest::default()
            },
        );
        found.expect("an answer").items[0].fields.id
    };
    let change = |title: &str, request: UpdateRequest| {
        let id = find(title).to_string();
        ops::update(&docket.open(300, true), &UpdateRequest { id, ..request }).expect("a change");
    };
    let titled = |title: &str| UpdateRequest {
        title: Some(title.to_owned()),
        ..UpdateRequest::default()
    };
    for number in [1_299, 1_298, 1_297] {
        change(&format!("item {number}"), titled(&format!("Changed {number}")));
        sync();
    }
    change("item 13", titled("Common and changed"));
    change("common item 16", titled("Changed"));
    let deleted_at = Time::from_milliseconds(1_760_000_300_000).map(|time| time.to_string());
    change(
        "common item 20",
        UpdateRequest {
            deleted_at,
            ..UpdateRequest::default()
        },
    );
    assert_eq!(sync(), gathered);
    let before = counted(&questions);
    assert_eq!(before[6], 5);

    // Many more are gathered with the others.
    let lines: Vec<_> = (0..1_000).map(|number| (number, item(number))).collect();
    ops::batch(&docket.open(400, true), &lines).expect("items");
    assert_ne!(sync(), gathered);
    let after = counted(&questions);
    assert_eq!(after[0], before[0] + 950);
}
