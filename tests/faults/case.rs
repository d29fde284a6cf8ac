//! What must hold after one run with a fault.

use crate::environment::Environment;
use crate::scenario::{Exit, Scenario, State};
use crate::soundness::{
    an_hour_later, assert_agreed, assert_goes_on, assert_kept, assert_logged, assert_mended, assert_packs, assert_tidy,
    take_away_locks,
};
use crate::tracer::{Fault, Program, Ran};

/// One run with a fault.
pub(crate) struct Case<'s> {
    pub(crate) scenario: &'s Scenario,
    pub(crate) fault: Fault<'s>,
    pub(crate) told: String,
    pub(crate) before: &'s State,
    pub(crate) between: Option<&'s State>,
    pub(crate) after: &'s State,
    pub(crate) round: usize,
}

impl Case<'_> {
    pub(crate) fn check(&self, environment: &Environment, ran: &Ran) {
        let told = format!("{}: exit code {:?}, said {:?}", self.told, ran.code, ran.err);
        assert!(!ran.err.contains("panicked"), "{told}");
        self.assert_told(ran, &told);
        if self.scenario.exit == Exit::Success {
            assert_eq!(ran.code, Some(0), "{told}");
        }
        let repositories = self.scenario.repositories;
        // Whatever is printed is the whole answer, also of who was killed behind it.
        let answered = !ran.out.is_empty() && ran.out.contains(self.scenario.answer);
        let acknowledged = self.scenario.exit == Exit::Any && (ran.code == Some(0) || answered);
        let (State { marks, files }, before, after) = (self.scenario.state(environment), self.before, self.after);
        for (at, repository) in repositories.iter().enumerate() {
            assert_kept(environment, repository, &before.marks[at], &told);
            let done = marks[at].tree == after.marks[at].tree;
            let undone = std::iter::once(before).chain(self.between);
            let undone = undone
                .map(|state| &state.marks[at].tree)
                .any(|tree| *tree == marks[at].tree);
            assert!(done || undone, "{told}: half done in {repository}");
            assert!(
                done || !acknowledged,
                "{told}: acknowledged and not there, in {repository}"
            );
        }
        for (at, file) in self.scenario.files.iter().enumerate() {
            let done = files[at] == after.files[at];
            assert!(
                done || files[at] == before.files[at],
                "{told}: half of {file} is written: {:?}",
                files[at]
            );
            // A report that is kept current is no part of the write; that it is not, is told.
            let warned = ran.out.contains(&format!("{file} cannot be written"));
            assert!(
                done || !acknowledged || warned,
                "{told}: acknowledged, and {file} is not written: {}",
                ran.out
            );
        }
        if self.is_git() {
            self.tell_of_locks(environment, &told);
        }
        // Git may hold the packed refs for some seconds, and is given them.
        if environment.path().join(".git/packed-refs.lock").exists() {
            an_hour_later(environment);
        }
        // What comes next is tried in one order and the other.
        match self.round % 2 {
            0 => {
                self.again(environment, &told);
                assert_goes_on(environment, &told);
                assert_agreed(environment, &told);
                an_hour_later(environment);
                assert_mended(environment, self.scenario.told, &told);
            }
            _ => {
                an_hour_later(environment);
                if self.scenario.is_needed_whole {
                    self.again(environment, &told);
                }
                assert_mended(environment, self.scenario.told, &told);
                assert_goes_on(environment, &told);
                assert_agreed(environment, &told);
            }
        }
        if self.is_git() {
            // Git's own rubbish is git's to clear away.
            for repository in repositories {
                environment.shell(&format!("git -C {repository} prune --expire=now"));
            }
        }
        assert_tidy(environment, &told);
        assert_logged(environment, &told);
        if self.round.is_multiple_of(8) {
            assert_packs(environment, &told);
        }
    }

    fn is_git(&self) -> bool {
        matches!(self.scenario.struck, Program::Called { name: "git", .. })
    }

    /// That who tries again after git was killed works, or is told which lock file is in the way.
    fn tell_of_locks(&self, environment: &Environment, told: &str) {
        let again = self.scenario.again.map(|again| environment.run_shell(again));
        let locks = take_away_locks(environment, told);
        let Some(again) = again.filter(|again| !again.status.success()) else {
            return;
        };
        let said = String::from_utf8_lossy(&again.stderr).into_owned();
        // Of a remote it is known what it is called there.
        let name = |lock: &String| lock.rsplit_once("/refs/").map(|(_, name)| format!("refs/{name}"));
        let named = locks.iter().filter_map(name).any(|name| said.contains(&name));
        assert!(named, "{told}: again: {said}, where there is {locks:?}");
    }

    /// That a command which fails says why, and that trying again may help.
    fn assert_told(&self, ran: &Ran, told: &str) {
        let (error, silenced) = match self.fault {
            Fault::Fail(_, error) => (error, false),
            // What is said goes nowhere either.
            Fault::FailOn(point, error) => (error, point.call == "write"),
            Fault::None | Fault::Kill(_) => return,
        };
        if ran.code == Some(0) {
            return;
        }
        // That the answer cannot be written is no trouble of the docket's.
        assert!(ran.code == Some(4) || (silenced && ran.code == Some(255)), "{told}");
        let reasons: &[&str] = match error {
            "ENOSPC" => &["No space left on device", "no storage space", "disk is full"],
            _ => &["Input/output error"],
        };
        // What SQLite makes of either, also where it goes on with a file that it may only read.
        let sqlite = ["disk I/O error", "readonly database"];
        let named = reasons.iter().chain(&sqlite).any(|reason| ran.err.contains(reason));
        assert!(named || (silenced && ran.err.is_empty()), "{told}");
    }

    fn again(&self, environment: &Environment, told: &str) {
        let Some(again) = self.scenario.again else { return };
        let output = environment.run_shell(again);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{told}: again: {said}");
        let (now, wanted) = (self.scenario.state(environment), self.after);
        let trees = |state: &State| -> Vec<_> { state.marks.iter().map(|mark| mark.tree.clone()).collect() };
        assert_eq!(trees(&now), trees(wanted), "{told}: again");
        assert_eq!(now.files, wanted.files, "{told}: again");
    }
}
