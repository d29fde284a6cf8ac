//! A command that is struck at each of its calls, each time in a fresh copy of what it found.

use std::panic::AssertUnwindSafe;

use crate::case::Case;
use crate::environment::Environment;
use crate::points::Point;
use crate::soundness::{Mark, mark};
use crate::tracer::{Fault, Program, run};

/// A command, and what it finds.
pub(crate) struct Scenario {
    /// What it is called where a test fails.
    pub(crate) name: &'static str,
    /// What the command finds.
    pub(crate) before: Environment,
    /// The command.
    pub(crate) command: String,
    /// What is struck of it.
    pub(crate) struck: Program,
    /// The repositories it writes to: the first is the one it works in.
    pub(crate) repositories: &'static [&'static str],
    /// How it is done again, where that can be done: it must succeed, and bring about what the undisturbed run did.
    pub(crate) again: Option<&'static str>,
    /// Files that are as they were before, or as the undisturbed run leaves them, and nothing in between.
    pub(crate) files: &'static [&'static str],
    /// What else may stand there when it ends early: what this command leaves.
    pub(crate) between: Option<&'static str>,
    /// Whether nothing works without it, or the doctor finds half of it wrong.
    pub(crate) is_needed_whole: bool,
    /// What was lost before, as the doctor tells of it.
    pub(crate) told: Option<&'static str>,
    /// How it ends.
    pub(crate) exit: Exit,
    /// What stands in its output when it has answered; of most commands, all of it is the answer.
    pub(crate) answer: &'static str,
}

/// How the command ends when what is struck comes to harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// As it may.
    Any,
    /// With success all the same, as no hook of ours may fail a commit.
    Success,
}

/// Whether all points are wanted, not a sample of them.
fn wants_all() -> bool {
    std::env::var("DOCKET_FAULTS").is_ok_and(|value| value == "all")
}

/// So many of the points: three of four evenly spread, the others drawn, the same each time.
fn sample(points: Vec<Point>, count: usize) -> Vec<Point> {
    if wants_all() || points.len() <= count {
        return points;
    }
    let even = count * 3 / 4;
    let mut chosen: std::collections::BTreeSet<usize> = (0..even).map(|at| at * points.len() / even).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    while chosen.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        chosen.insert(usize::try_from(state % points.len() as u64).expect("an index"));
    }
    let chosen = |(at, point)| chosen.contains(&at).then_some(point);
    points.into_iter().enumerate().filter_map(chosen).collect()
}

/// What a command may change.
pub(crate) struct State {
    pub(crate) marks: Vec<Mark>,
    pub(crate) files: Vec<Option<Vec<u8>>>,
}

impl Scenario {
    /// A command in a docket, and nothing beside.
    pub(crate) fn new(name: &'static str, before: Environment, command: &str) -> Self {
        Self {
            name,
            before,
            command: command.to_owned(),
            struck: Program::Itself,
            repositories: &["."],
            again: None,
            files: &[],
            between: None,
            is_needed_whole: false,
            told: None,
            exit: Exit::Any,
            answer: "",
        }
    }

    /// Kills it before each call that changes a file, or a sample of so many of them.
    pub(crate) fn kill(&self, count: usize) {
        self.strike(count, Point::changes, |point| Fault::Kill(point));
    }

    /// Lets each call that takes room fail once, or a sample of so many of them.
    pub(crate) fn fail(&self, count: usize, error: &'static str) {
        self.strike(count, Point::takes_room, |point| Fault::Fail(point, error));
    }

    /// The same with all calls of the same sort that come after it, as where nobody makes room.
    pub(crate) fn fail_on(&self, count: usize, error: &'static str) {
        self.strike(count, Point::takes_room, |point| Fault::FailOn(point, error));
    }

    fn strike(&self, count: usize, which: impl Fn(&Point) -> bool, fault: impl Fn(&Point) -> Fault<'_>) {
        let before = self.state(&self.before);
        let undisturbed = self.before.twin();
        let whole = run(&undisturbed, self.struck, Fault::None, &self.command);
        assert_eq!(whole.code, Some(0), "{}: undisturbed: {whole:?}", self.name);
        let after = self.state(&undisturbed);
        let between = self.between.map(|command| {
            let environment = self.before.twin();
            environment.shell(command);
            self.state(&environment)
        });
        let points: Vec<_> = whole.points().into_iter().filter(|point| which(point)).collect();
        let known = points.len();
        let chosen = sample(points, count);
        println!("{}: {} of {known} points", self.name, chosen.len());
        assert!(
            chosen.len() * 2 > count,
            "{}: too few points are found: {chosen:#?}",
            self.name
        );
        let (mut missed, mut failed) = (Vec::new(), Vec::new());
        for (round, point) in chosen.iter().enumerate() {
            let environment = self.before.twin();
            let ran = run(&environment, self.struck, fault(point), &self.command);
            let case = Case {
                scenario: self,
                fault: fault(point),
                told: format!("{}, {:?} ({})", self.name, fault(point), point.told),
                before: &before,
                between: between.as_ref(),
                after: &after,
                round,
            };
            if !ran.struck() {
                missed.push(case.told.clone());
            }
            // All that is wrong is told, each by its own panic.
            if std::panic::catch_unwind(AssertUnwindSafe(|| case.check(&environment, &ran))).is_err() {
                failed.push(case.told);
            }
        }
        assert!(failed.is_empty(), "{} of {}: {failed:#?}", failed.len(), chosen.len());
        // Threads do not do the same in the same order each time, and what tidies up may be ended before it begins.
        assert!(
            missed.len() * 2 <= chosen.len(),
            "{} of {}: {missed:#?}",
            missed.len(),
            chosen.len()
        );
    }

    pub(crate) fn state(&self, environment: &Environment) -> State {
        let file = |name: &&str| std::fs::read(environment.path().join(name)).ok();
        State {
            marks: self
                .repositories
                .iter()
                .map(|repository| mark(environment, repository))
                .collect(),
            files: self.files.iter().map(file).collect(),
        }
    }
}
