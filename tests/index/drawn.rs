//! Dockets that are drawn: anything may stand in their records that may stand there.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::docket::Docket;

/// How many items a random docket has.
pub(crate) const ITEMS: u64 = 14;

/// Draws numbers that follow from the first.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[usize::try_from(self.roll(texts.len() as u64)).expect("small")]
    }

    /// Seconds around the time at which the questions are asked.
    fn time(&mut self) -> String {
        let seconds = 1_760_001_000 - 5_000 + i64::try_from(self.roll(10_000)).expect("small");
        let time = git_docket::record::value::Time::from_seconds(seconds).expect("a time");
        match self.one_in(3) {
            true => time.to_string().replace('Z', ".500Z"),
            false => time.to_string(),
        }
    }
}

pub(crate) fn id(number: u64) -> String {
    format!(
        "{:08x}-0000-4000-8000-{number:012x}",
        (number + 1) * 0x1234_5671 % 0xffff_ffff
    )
}

fn shard(id: &str) -> &str {
    &id[..2]
}

const PEOPLE: &[&str] = &["ana", "codex", "Eve Ning", "none", "me", "'; DROP TABLE record; --"];
const LABELS: &[&str] = &["one", "two words", "none", "vendors", "日本", "x') OR 1=1 --", "%"];
const WORDS: &[&str] = &["cache", "the", "vendors", "Straße", "query", "2", "東京"];
const BRANCHES: &[&str] = &["main", "feature/x", "003-cache"];

/// The file of an item in which anything may stand that its kind allows.
fn item(number: u64, dice: &mut Dice) -> String {
    let mut out = format!("---\nschema: work-item/1\nid: {}\n", id(number));
    let mut line = |text: String| writeln!(out, "{text}").expect("written");
    let item_type = dice.pick(&["task", "task", "research", "project"]);
    line(format!("item_type: {item_type}"));
    let title: Vec<_> = (0..=dice.roll(3)).map(|_| dice.pick(WORDS)).collect();
    line(format!("title: \"{}\"", title.join(" ")));
    line(format!(
        "status: {}",
        dice.pick(&["pending", "active", "active", "blocked", "completed", "cancelled"])
    ));
    around(number, dice, &mut out);
    people(dice, &mut out);
    times(number, dice, &mut out);
    metadata(dice, &mut out);
    out.push_str("---\n");
    body(dice, &mut out);
    out
}

/// What an item is related to, and its words.
fn around(number: u64, dice: &mut Dice, out: &mut String) {
    let mut line = |text: String| writeln!(out, "{text}").expect("written");
    let others = |dice: &mut Dice, most: u64| -> BTreeSet<String> {
        let drawn = (0..dice.roll(most)).map(|_| dice.roll(ITEMS + 1)).collect::<Vec<_>>();
        drawn.into_iter().filter(|other| *other != number).map(id).collect()
    };
    let list = |ids: BTreeSet<String>| ids.into_iter().map(|id| format!("\n  - {id}")).collect::<String>();
    if let Some(parent) = others(dice, 3).first() {
        line(format!("parent_id: {parent}"));
    }
    let waits = others(dice, 3);
    if !waits.is_empty() {
        line(format!("depends_on:{}", list(waits)));
    }
    if dice.one_in(2) {
        line(format!("priority: {}", dice.pick(&["high", "low"])));
    }
    let labels: BTreeSet<_> = (0..dice.roll(3)).map(|_| dice.pick(LABELS)).collect();
    if !labels.is_empty() {
        line(format!(
            "labels: [{}]",
            labels.iter().map(|l| format!("\"{l}\"")).collect::<Vec<_>>().join(", ")
        ));
    }
    let links = others(dice, 2);
    if !links.is_empty() {
        line(format!(
            "links:\n  {}:{}",
            dice.pick(&["duplicates", "relates-to"]),
            list(links).replace("\n  ", "\n    ")
        ));
    }
}

/// Who and what has to do with it outside.
fn people(dice: &mut Dice, out: &mut String) {
    let mut line = |text: String| writeln!(out, "{text}").expect("written");
    if dice.one_in(2) {
        line(format!("assignee: \"{}\"", dice.pick(PEOPLE)));
    }
    if dice.one_in(2) {
        let until = match dice.one_in(3) {
            true => String::new(),
            false => format!(", until: {}", dice.time()),
        };
        line(format!(
            "claim: {{by: \"{}\", at: 2025-10-09T00:00:00Z{until}}}",
            dice.pick(PEOPLE)
        ));
    }
    if dice.one_in(3) {
        line(format!("branch_name: {}", dice.pick(BRANCHES)));
    }
    if dice.one_in(3) {
        line(format!("pr_number: {}", 1 + dice.roll(4)));
    }
}

/// What became of it, and where it came from.
fn times(number: u64, dice: &mut Dice, out: &mut String) {
    let mut line = |text: String| writeln!(out, "{text}").expect("written");
    if dice.one_in(3) {
        line(format!("aliases: [AL-{number}]"));
    }
    if dice.one_in(4) {
        line("external: [\"https://example.com/1\", \"x\"]".to_owned());
    }
    if dice.one_in(6) {
        line(format!("deleted_at: {}", dice.time()));
    }
    if dice.one_in(6) {
        line(format!("archived_at: {}", dice.time()));
    }
    let imported = dice.one_in(4);
    if !imported || dice.one_in(2) {
        line(format!(
            "created_at: {}\ncreated_by: \"{}\"",
            dice.time(),
            dice.pick(PEOPLE)
        ));
    }
    if imported {
        line(format!(
            "origin: {{system: beads, id: bd-{number}, updated_at: {}}}",
            dice.time()
        ));
    }
}

fn metadata(dice: &mut Dice, out: &mut String) {
    let mut line = |text: String| writeln!(out, "{text}").expect("written");
    line("metadata:\n  description: some".to_owned());
    for (key, values) in [
        ("estimated_hours", &["4", "0.5", "8"][..]),
        (
            "any",
            &[
                "4",
                "\"4\"",
                "1.50",
                "true",
                "null",
                "[a, 4, b]",
                "{deep: {er: 1}, list: [x]}",
                "2025-10-09",
                "[]",
            ],
        ),
        ("\"odd key\"", &["x", "-3"]),
        ("blocked_reason", &["because"]),
    ] {
        // A research has no hours that are numbers by its kind, but may have a key of that name.
        if dice.one_in(2) {
            line(format!("  {key}: {}", dice.pick(values)));
        }
    }
}

fn body(dice: &mut Dice, out: &mut String) {
    if dice.one_in(2) {
        let body = (0..4).map(|_| dice.pick(WORDS)).collect::<Vec<_>>().join(" ");
        write!(out, "\n{body}\n").expect("written");
        for _ in 0..dice.roll(4) {
            writeln!(out, "- [{}] {}", dice.pick(&["x", " "]), dice.pick(WORDS)).expect("written");
        }
    }
}

/// What is on an item, which may be missing: a note, a commit link or a conflict; whether it counts is drawn too.
fn beside(dice: &mut Dice, serial: u64) -> (String, String) {
    let on = id(dice.roll(ITEMS + 1));
    let gone = match dice.one_in(3) {
        true => "retracted: {at: 2025-10-09T00:00:00Z, by: ana}\n",
        false => "",
    };
    let commit = |number: u64| format!("{:08x}", 0xabcd_0000 + number).repeat(5);
    match dice.roll(3) {
        0 => {
            let note = format!("0199d3a0-0000-7000-8000-{serial:012x}");
            let text = format!(
                "---\nschema: note/1\nid: {note}\non: {on}\n{gone}created_at: 2025-10-09T00:00:00Z\ncreated_by: ana\n---\n\n\
                 {} {}\n",
                dice.pick(WORDS),
                dice.pick(WORDS)
            );
            (format!(".tracking/notes/{}/{on}/{note}.md", shard(&on)), text)
        }
        1 => {
            let (this, other) = (dice.roll(3), dice.roll(3));
            let replaces = match this == other {
                true => String::new(),
                false => format!("replaces: {}\n", commit(other)),
            };
            let text = format!(
                "---\nschema: commit-link/1\nwork_item: {on}\ncommit: {}\nlinked_at: 2025-10-09T00:00:00Z\n\
                 linked_by: ana\n{replaces}{gone}---\n",
                commit(this)
            );
            (
                format!(".tracking/commits/{}/{on}/{}.md", shard(&on), commit(this)),
                text,
            )
        }
        _ => {
            let resolved = match gone {
                "" => "",
                _ => "resolved_at: 2025-10-09T00:00:00Z\nresolved_by: ana\nchoice: kept\n",
            };
            let hash = "0".repeat(40);
            let text = format!(
                "---\nschema: conflict/1\non: {on}\nfield: title\nkept: a\nother: b\nkept_commit: {hash}\n\
                 other_commit: {hash}\n{resolved}---\n"
            );
            (
                format!(".tracking/conflicts/{}/{on}/{serial:064x}.md", shard(&on)),
                text,
            )
        }
    }
}

/// A docket whose records and history are drawn: parents may go round or be missing, and so may times.
pub(crate) fn docket(seed: u64) -> Docket {
    let dice = &mut Dice(seed);
    let docket = Docket::new();
    let mut stream = String::new();
    let mut commit = |dice: &mut Dice, files: Vec<(String, String)>| {
        let (who, at) = (dice.pick(PEOPLE), 1_759_996_000 + dice.roll(6_000));
        let message = match dice.one_in(2) {
            true => format!("change\n\nDocket-Client: {}\n", dice.pick(PEOPLE)),
            false => "change\n".to_owned(),
        };
        let who = format!("{who} <who@example.com> {at} +0000");
        write!(
            stream,
            "commit refs/heads/tracking\nauthor {who}\ncommitter {who}\ndata {}\n{message}\n",
            message.len()
        )
        .expect("written");
        if !stream.contains("from ") {
            stream.push_str("from refs/heads/tracking^0\n");
        }
        for (path, text) in files {
            write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len()).expect("written");
        }
        stream.push('\n');
    };
    let path = |number| format!(".tracking/work-items/{}/{}.md", shard(&id(number)), id(number));
    let all = (0..ITEMS).map(|number| (path(number), item(number, dice))).collect();
    commit(dice, all);
    for serial in 0..14 {
        let file = match dice.one_in(2) {
            true => beside(dice, serial),
            false => {
                let number = dice.roll(ITEMS);
                (path(number), item(number, dice))
            }
        };
        commit(dice, vec![file]);
    }
    std::fs::write(docket.path().join("stream"), stream).expect("a file is written");
    docket.git("fast-import --quiet < stream");
    docket
}
