//! Chains that another program keeps below refs of its own.

use git_docket::store::{CommitId, Error, Store};

use crate::repo::{Repo, names};

/// A commit of a tree with these files, on these parents.
fn commit(repo: &Repo, files: &[(&str, &str)], parents: &[&str]) -> String {
    let entry = |(name, text): &(&str, &str)| {
        let blob = repo.git_with(&["hash-object", "-w", "--stdin"], text.as_bytes());
        format!("100644 blob {}\t{name}\n", blob.trim())
    };
    let tree = repo.git_with(&["mktree"], files.iter().map(entry).collect::<String>().as_bytes());
    let mut args = vec!["commit-tree", tree.trim(), "-m", "x"];
    args.extend(parents.iter().flat_map(|parent| ["-p", parent]));
    repo.git(&args).trim().to_owned()
}

fn id(text: &str) -> CommitId {
    text.parse().unwrap()
}

#[test]
fn a_chain_is_read_whole_and_each_commit_once() {
    let repo = Repo::new();
    let root = commit(&repo, &[("ops", "one"), ("clock-1", "")], &[]);
    let left = commit(&repo, &[("ops", "two")], &[&root]);
    let right = commit(&repo, &[("ops", "three")], &[&root]);
    let tip = commit(&repo, &[], &[&left, &right]);
    for (name, commit) in [("b", &tip), ("a", &root)] {
        repo.git(&["update-ref", &format!("refs/bugs/{name}"), commit]);
    }
    repo.git(&["symbolic-ref", "refs/bugs/c", "refs/bugs/a"]);
    repo.git(&["pack-refs", "--all"]);
    let store = Store::open_other(&repo.dir).unwrap();
    let refs = store.refs_below("refs/bugs/").unwrap();
    let found: Vec<_> = refs.iter().map(|found| found.reference.as_str()).collect();
    assert_eq!(found, ["refs/bugs/a", "refs/bugs/b", "refs/bugs/c"]);
    assert_eq!(refs[1].commit.as_ref().unwrap(), &id(&tip));
    assert!(matches!(refs[2].commit, Err(Error::SymbolicRef { .. })));
    assert!(store.refs_below("refs/nothing/").unwrap().is_empty());

    let chain = store.chain(id(&tip), 4).unwrap();
    let order: Vec<_> = chain.iter().map(|link| link.id.to_string()).collect();
    assert_eq!(order, [&tip, &left, &right, &root].map(Clone::clone));
    assert_eq!(chain[3].parents, []);
    assert_eq!(names(&chain[3].entries), ["clock-1", "ops"]);
    assert_eq!(store.blob(chain[3].entries[1].blob, 3).unwrap(), b"one");
    assert_error!(store.blob(chain[3].entries[1].blob, 2), Error::TooLarge { size: 3, .. });
    assert_error!(store.chain(id(&tip), 3), Error::TooManyCommits { limit: 3, .. });
}

#[test]
fn what_is_no_chain_is_an_error() {
    let repo = Repo::new();
    let store = Store::open_other(&repo.dir).unwrap();
    let gone = "1234567812345678123456781234567812345678";
    assert_error!(store.link(id(gone)), Error::MissingObject { .. });
    let blob = repo.git_with(&["hash-object", "-w", "--stdin"], b"text");
    assert_error!(store.link(id(blob.trim())), Error::NotACommit { .. });
    let large = vec![b'x'; 5 << 20];
    let head = commit(&repo, &[], &[]);
    let message = [repo.git(&["cat-file", "commit", &head]).as_bytes(), &large].concat();
    let large = repo.git_with(&["hash-object", "-t", "commit", "-w", "--stdin"], &message);
    assert_error!(store.chain(id(large.trim()), 9), Error::Corrupt { .. });
    let child = commit(&repo, &[("a", "b")], &[large.trim()]);
    assert_error!(store.chain(id(&child), 9), Error::Corrupt { .. });
    assert_eq!(
        store.link(id(&child)).unwrap().entries.len(),
        1,
        "its history is not looked at"
    );
}

/// Other programs may have settings that would refuse a tracking ref, and what it is called is not asked here.
#[test]
fn settings_of_the_other_repository_do_not_count() {
    let repo = Repo::new();
    repo.git(&["config", "docket.ref", "refs/tags/never"]);
    assert_error!(Store::open_at(&repo.dir, None), Error::InvalidRef { .. });
    assert!(Store::open_other(&repo.dir).is_ok());
}
