//! What is undone is as it was before, whatever was done.

use std::collections::BTreeMap;

use git_docket::ops;
use proptest::prelude::*;

use crate::docket::Docket;
use crate::histories::{Step, steps, take};

/// The files of all records that are neither deleted nor retracted, byte for byte.
fn visible(docket: &Docket) -> BTreeMap<String, String> {
    let files = docket.git("ls-tree -r --name-only tracking .tracking");
    let shown = files
        .lines()
        .map(|file| (file.to_owned(), docket.git(&format!("show tracking:{file}"))));
    let gone = |text: &str| {
        text.lines()
            .any(|line| line.starts_with("deleted_at:") || line.starts_with("retracted:"))
    };
    shown.filter(|(_, text)| !gone(text)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_is_undone_is_as_it_was_before(steps in steps()) {
        let docket = Docket::new();
        let tip = || docket.git("rev-parse tracking");
        for (seconds, _, step) in &steps {
            // An undo may ask for what somebody took away by hand, and is refused then.
            if matches!(step, Step::Unreadable(_) | Step::Remove(_)) {
                continue;
            }
            let (before, was) = (tip(), visible(&docket));
            take(&docket, *seconds, false, step);
            // What somebody does with git alone is not taken back.
            let by_hand = matches!(step, Step::Merge(_) | Step::Rewind(_));
            if by_hand || tip() == before {
                continue;
            }
            let (done, is) = (tip(), docket.git("rev-parse tracking^{tree}"));
            let undo = |commit: &str| ops::undo(&docket.open(1_000, false), Some(commit));
            let undone = undo(&done).unwrap_or_else(|error| panic!("{step:?} is not undone: {error}"));
            prop_assert_eq!(visible(&docket), was, "{:?}", step);
            undo(&undone.commit).unwrap_or_else(|error| panic!("the undo of {step:?} is not undone: {error}"));
            prop_assert_eq!(docket.git("rev-parse tracking^{tree}"), is, "{:?}", step);
        }
    }
}
