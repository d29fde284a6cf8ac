//! Where a branch stood that somebody deletes.

use std::fs;

use super::*;

fn add(store: &Store, name: &str) -> CommitId {
    write(store, &[edit(&format!(".tracking/work-items/3f/{name}.md"), name)])
        .unwrap()
        .commit
}

#[test]
fn what_stood_there_is_known_until_a_branch_has_it() {
    let repo = Repo::new();
    let (store, _) = repo.init();
    let first = add(&store, "first");
    assert_eq!(store.stood(), [first]);
    repo.git(&["branch", "-q", "-D", "tracking"]);
    let (store, begun) = repo.init();
    assert_eq!(store.stood(), [begun, first]);
    assert_eq!(store.stood_beside(begun).unwrap(), [first]);
    assert_eq!(store.reflog().unwrap(), [begun, first], "git keeps it, too");
    // The second time, and no less is known.
    let second = add(&store, "second");
    repo.git(&["branch", "-q", "-D", "tracking"]);
    let (store, again) = repo.init();
    assert_eq!(store.stood_beside(again).unwrap(), [second, first]);
    assert_eq!(store.reflog().unwrap(), [again, second, first]);
    // Other refs are not meant.
    repo.git(&["branch", "-q", "other", &second.to_string()]);
    let other = Store::open_at(&repo.dir, Some("other")).unwrap();
    assert!(other.stood().is_empty());
    let third = add(&other, "third");
    assert_eq!(
        (other.stood(), store.stood_beside(again).unwrap()),
        (vec![third], vec![second, first])
    );
}

#[test]
fn the_file_of_it_stays_short_and_no_half_line_hides_another() {
    let repo = Repo::new();
    let (store, _) = repo.init();
    let first = add(&store, "first");
    repo.git(&["branch", "-q", "-D", "tracking"]);
    let (store, begun) = repo.init();
    let moves = repo.dir.join(".git/docket/moves");
    let mut text = fs::read_to_string(&moves).unwrap();
    for number in 0..2_000 {
        text.push_str(&format!("- {first} refs/heads/tracking-proposals/{number}\n"));
    }
    text.push_str(&format!("{begun} {}", &first.to_string()[..20]));
    fs::write(&moves, text).unwrap();
    let second = add(&store, "second");
    assert_eq!(store.stood_beside(begun).unwrap(), [second, first]);
    assert!(fs::metadata(&moves).unwrap().len() < 4 << 10);
    fs::write(&moves, [0xff; 100]).unwrap();
    let third = add(&store, "third");
    assert_eq!(store.stood(), [third]);
}
