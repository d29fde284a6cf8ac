//! Attempts that end badly after their commit is there.

use super::*;
use crate::ops::create::{CreateRequest, create};
use crate::ops::{Settings, init};
use crate::record::Kind;
use crate::record::work_item::ItemType;
use crate::store::Store;

fn docket() -> (tempfile::TempDir, Context) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::create_repository(dir.path(), None).expect("a repository");
    for (key, value) in [("user.name", "Ana"), ("user.email", "ana@example.com")] {
        store.set_config(key, value).expect("git config");
    }
    let context = Context::with_store(store.reopen().expect("it opens"), &Settings::default());
    init(&context, false).expect("a docket");
    (dir, context)
}

/// Writes one item; what the first attempt came to is replaced by what `first` does.
fn write_once(context: &Context, first: impl Fn(&WriteLock) -> Result<usize, Attempt>) {
    let lock = context.lock().expect("nobody else writes");
    let actor = context.actor().expect("git knows who");
    let request = CreateRequest::new(ItemType::Task, "Once");
    let mut plan = |context: &Context, draft: &mut Draft<'_>| create(context, draft, &request);
    let (mut made, mut attempts) = (Vec::new(), 0);
    let done = context.repeated(|context| {
        let done = context.attempt(&lock, "create", &actor, &mut plan, &mut made);
        attempts += 1;
        if attempts == 1 { first(&lock) } else { done }
    });
    assert_eq!(attempts, 2);
    let written = made.swap_remove(done.unwrap_or_else(|error| panic!("{error}")));
    let items = context.read().and_then(|reading| reading.load(&[Kind::WorkItem]));
    let items: Vec<_> = items.expect("items").records.into_keys().collect();
    assert_eq!(
        items,
        std::slice::from_ref(&written.value),
        "it is there once, and it is the one of the answer"
    );
    let changed: Vec<_> = written.changed.into_iter().map(|changed| changed.path).collect();
    assert_eq!(changed, items, "the answer knows what changed");
}

#[test]
fn the_answer_names_who_wrote() {
    let (_dir, context) = docket();
    let (title, by) = ("Theirs", Some("somebody".to_owned()));
    let request = CreateRequest {
        created_by: by.clone(),
        ..CreateRequest::new(ItemType::Task, title)
    };
    let added = crate::ops::add(&context, &request).expect("it is valid");
    assert_eq!(added.item.updated_by, by);
    let claim = crate::ops::ClaimRequest {
        by: by.clone(),
        ..Default::default()
    };
    assert_eq!(
        crate::ops::claim(&context, &claim)
            .expect("it is ready")
            .item
            .updated_by,
        by
    );
}

#[test]
fn a_panic_after_the_ref_has_moved_writes_nothing_twice() {
    let (_dir, context) = docket();
    write_once(&context, |_| panic!("as the library that reads packs does"));
}

#[test]
fn a_move_that_was_taken_for_lost_writes_nothing_twice() {
    let (_dir, context) = docket();
    write_once(&context, |lock| {
        let moved = context.store.tip().expect("a tip");
        // Somebody has gone on from it meanwhile.
        let base = moved.expect("a docket");
        context
            .store
            .commit(lock, base, &[], "more", 0)
            .expect("nobody else writes");
        let (expected, actual) = (moved, None);
        Err(Attempt::Again(store::Error::TipMoved { expected, actual }))
    });
}
