//! Claims that two clones cannot both have.

use git_docket::ops::{self, ClaimRequest, ClaimResponse, Context, Error, ErrorKind, Settings};
use serde_json::json;

use crate::clones::Clones;

fn claim(clones: &Clones, at: usize, id: Option<&str>) -> Result<ClaimResponse, Error> {
    let request = ClaimRequest {
        id: id.map(ToOwned::to_owned),
        ..ClaimRequest::default()
    };
    ops::claim_shared(&clones.open(at), &request)
}

fn holder(clones: &Clones, at: usize, id: &str) -> String {
    clones.show(at, id)["claim"]["by"]
        .as_str()
        .unwrap_or("nobody")
        .to_owned()
}

#[test]
fn a_claim_is_the_first_that_reaches_the_remote() {
    let clones = Clones::new(2);
    let (one, two) = (clones.add(0, "One"), clones.add(0, "Two"));
    clones.settle(2);
    assert_eq!(claim(&clones, 0, Some(&one)).expect("a claim").confirmed, Some(true));
    let error = claim(&clones, 1, Some(&one))
        .map(drop)
        .expect_err("somebody was faster");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("is claimed by 0"), "{error}");
    // What was taken back before the two met is no conflict.
    clones.settle(2);
    assert_eq!(
        (holder(&clones, 1, &one), clones.show(1, &one)["conflicts"].clone()),
        ("0".to_owned(), 0.into())
    );
    // Without an id, the next one is taken.
    let three = clones.add(1, "Three");
    clones.settle(2);
    let first = claim(&clones, 0, None)
        .expect("a claim")
        .claimed
        .item
        .fields
        .id
        .to_string();
    let second = claim(&clones, 1, None)
        .expect("another")
        .claimed
        .item
        .fields
        .id
        .to_string();
    assert_eq!((first, second), (two, three));
    clones.settle(2);
    clones.validate(0);
}

#[test]
fn where_the_remote_cannot_be_reached_a_claim_is_not_confirmed_and_its_loser_is_told_once() {
    let clones = Clones::new(2);
    let id = clones.add(0, "One");
    clones.settle(2);
    clones.shell("mv hub.git away.git");
    for at in 0..2 {
        let claimed = claim(&clones, at, Some(&id)).expect("a claim of one's own");
        assert_eq!(claimed.confirmed, Some(false));
        assert!(claimed.claimed.meta.warnings[0].contains("not confirmed"));
    }
    clones.shell("mv away.git hub.git");
    clones.sync(0).expect("a sync");
    clones.sync(1).expect("a sync");
    clones.sync(0).expect("a sync");
    // Read without an answer, which would tell the loser already.
    let claim = clones.git(0, "grep -h claim: tracking -- .tracking/work-items");
    let loser = usize::from(claim.contains("by: \"0\""));
    let warnings = |at: usize| {
        ops::show(&clones.open(at), &id, None, None)
            .expect("the item")
            .meta
            .warnings
    };
    let told = warnings(loser);
    assert!(matches!(told.as_slice(), [one] if one.contains("was lost")), "{told:?}");
    assert_eq!(warnings(1 - loser), Vec::<String>::new());
    assert_eq!(warnings(loser), Vec::<String>::new());
}

#[test]
fn a_docket_that_was_never_shared_is_not_pushed_by_a_claim() {
    let clones = Clones::without_docket(1);
    ops::init(&clones.open(0), false).expect("a docket");
    clones.add(0, "One");
    assert_eq!(claim(&clones, 0, None).expect("a claim").confirmed, None);
    assert_eq!(clones.shell("git -C hub.git for-each-ref"), "");
    let request = |shared| ClaimRequest {
        shared: Some(shared),
        ..ClaimRequest::default()
    };
    clones.add(0, "Two");
    let local = ops::claim_shared(&clones.open(0), &request(false)).expect("a claim");
    assert_eq!(local.confirmed, None);
    clones.add(0, "Three");
    let shared = ops::claim_shared(&clones.open(0), &request(true)).expect("a claim that is asked to be shared");
    assert_eq!(shared.confirmed, Some(true));
    clones.git(0, "remote remove origin");
    let error = ops::claim_shared(&clones.open(0), &request(true))
        .map(drop)
        .expect_err("with whom?");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn many_that_claim_at_once_in_their_own_clones_have_each_their_own() {
    let clones = Clones::new(4);
    for number in 0..8 {
        clones.add(0, &format!("Item {number}"));
    }
    clones.settle(4);
    let settings: Vec<_> = (0..4).map(|at| clones.settings(at)).collect();
    let mut claimed: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = settings
            .iter()
            .map(|settings| {
                scope.spawn(|| {
                    let next = || {
                        let context = ops::Context::open(settings).expect("a repository");
                        let claim = ops::claim_shared(&context, &ClaimRequest::default()).expect("a claim");
                        assert_eq!(claim.confirmed, Some(true));
                        claim.claimed.item.fields.id.to_string()
                    };
                    [next(), next()]
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), 8, "no item was claimed twice");
}

#[test]
fn what_others_finished_is_not_begun_again_by_a_claim() {
    let clones = Clones::new(2);
    let ids: Vec<_> = ["Finished", "Deleted", "Next"]
        .iter()
        .map(|title| clones.add(0, title))
        .collect();
    clones.settle(2);
    clones.update(0, &ids[0], json!({ "status": "completed" }));
    ops::delete(&clones.open(0), &ids[1], false).expect("a deletion");
    clones.sync(0).expect("a sync");
    let error = claim(&clones, 1, Some(&ids[0])).map(drop).expect_err("it is done");
    assert!(error.to_string().contains("it is completed"), "{error}");
    let next = claim(&clones, 1, None).expect("what is left");
    assert_eq!(
        (next.claimed.item.fields.id.to_string(), next.confirmed),
        (ids[2].clone(), Some(true))
    );
    clones.settle(2);
    for at in 0..2 {
        let shown = clones.show(at, &ids[0]);
        assert_eq!(
            (&shown["status"], &shown["conflicts"]),
            (&json!("completed"), &json!(0))
        );
        assert!(clones.show(at, &ids[1])["deleted_at"].is_string());
    }
}

#[test]
fn an_older_claim_of_this_clone_does_not_come_back_over_a_confirmed_one() {
    let clones = Clones::new(2);
    let id = clones.add(0, "One");
    clones.settle(2);
    let local = ClaimRequest {
        id: Some(id.clone()),
        shared: Some(false),
        ..ClaimRequest::default()
    };
    ops::claim_shared(&clones.open(1), &local).expect("a claim of this clone alone");
    assert_eq!(claim(&clones, 0, Some(&id)).expect("a claim").confirmed, Some(true));
    let error = claim(&clones, 1, Some(&id)).map(drop).expect_err("somebody has it");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    clones.settle(2);
    for at in 0..2 {
        assert_eq!(
            (holder(&clones, at, &id), clones.show(at, &id)["conflicts"].clone()),
            ("0".to_owned(), 0.into())
        );
    }
}

#[test]
fn a_claim_tells_the_item_as_it_is_with_what_others_did() {
    let clones = Clones::new(2);
    let id = clones.add(0, "One");
    clones.settle(2);
    clones.update(0, &id, json!({ "title": "Renamed" }));
    clones.sync(0).expect("a sync");
    let claimed = claim(&clones, 1, Some(&id)).expect("a claim").claimed;
    let shown = clones.show(1, &id);
    assert_eq!(shown["title"], "Renamed");
    assert_eq!(
        (json!(claimed.item.fields.title), json!(claimed.item.version)),
        (shown["title"].clone(), shown["version"].clone())
    );
}

#[test]
fn a_remote_that_is_gone_from_the_config_leaves_a_claim_unconfirmed() {
    let clones = Clones::new(1);
    let id = clones.add(0, "One");
    clones.settle(1);
    clones.git(
        0,
        "config docket.remote origin && git remote rename origin upstream 2>/dev/null",
    );
    let claimed = claim(&clones, 0, Some(&id)).expect("a claim");
    assert_eq!(claimed.confirmed, Some(false));
    assert!(claimed.claimed.meta.warnings[0].contains("`origin`, which is no remote here"));
}

#[test]
fn a_claim_on_a_proposal_cannot_be_shared() {
    let clones = Clones::new(1);
    let id = clones.add(0, "One");
    clones.settle(1);
    ops::propose(&clones.open(0), "later").expect("a proposal");
    let request = ClaimRequest {
        id: Some(id),
        shared: Some(true),
        ..ClaimRequest::default()
    };
    let error = ops::claim_shared(&clones.open(0), &request)
        .map(drop)
        .expect_err("nobody sees it");
    assert!(error.to_string().contains("the proposal later"), "{error}");
}

#[test]
fn completing_a_word_does_not_use_up_what_a_loser_is_to_be_told() {
    let clones = Clones::new(2);
    let id = clones.add(0, "One");
    clones.settle(2);
    for at in 0..2 {
        let local = ClaimRequest {
            id: Some(id.clone()),
            shared: Some(false),
            ..ClaimRequest::default()
        };
        ops::claim_shared(&clones.open(at), &local).expect("a claim of this clone alone");
    }
    clones.settle(2);
    let loser = usize::from(
        clones
            .git(0, "grep -h claim: tracking -- .tracking/work-items")
            .contains("by: \"0\""),
    );
    ops::names(&clones.open(loser), "", false).expect("names");
    // Whoever begins later was there for no loss.
    clones.shell("git clone -q hub.git 2 2>/dev/null && git -C 2 config user.name x && git -C 2 config user.email x@x");
    clones.sync(2).expect("a sync");
    let warnings = |at: usize, name: &str| {
        let settings = Settings {
            actor: Some(name.to_owned()),
            ..clones.settings(at)
        };
        let context = Context::open(&settings).expect("a repository");
        ops::show(&context, &id, None, None).expect("the item").meta.warnings
    };
    let name = loser.to_string();
    assert_eq!(warnings(2, &name), Vec::<String>::new());
    assert!(warnings(loser, &name)[0].contains("was lost"));
}
