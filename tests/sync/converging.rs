//! Any set of clones that edit anything in any order and sync until quiet hold the same tree, and nothing is lost.

use std::collections::BTreeMap;

use git_docket::ops::{self, ConfigureRequest};
use git_docket::record::Severity;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::clones::{Clones, change};

const CLONES: usize = 3;

/// Something somebody does in a clone.
#[derive(Clone, Debug)]
enum Step {
    Sync,
    Add,
    AddVendor,
    AddEnhancement,
    Title(usize),
    Status(usize),
    Assignee(usize),
    Metadata(usize),
    Label(usize),
    Unlabel(usize),
    Append(usize),
    Note(usize),
    Alias(usize, u8),
    Depend(usize, usize),
    Below(usize, usize),
    Delete(usize),
    Restore(usize),
    Archive(usize),
    RenameVendor(usize, u8),
    Undo,
    Configure(bool),
    Foreign(u8),
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let at = 0_usize..8;
    prop_oneof![
        6 => Just(Step::Sync),
        3 => Just(Step::Add),
        1 => Just(Step::AddVendor),
        1 => Just(Step::AddEnhancement),
        4 => at.clone().prop_map(Step::Title),
        2 => at.clone().prop_map(Step::Status),
        2 => at.clone().prop_map(Step::Assignee),
        2 => at.clone().prop_map(Step::Metadata),
        2 => at.clone().prop_map(Step::Label),
        1 => at.clone().prop_map(Step::Unlabel),
        2 => at.clone().prop_map(Step::Append),
        1 => at.clone().prop_map(Step::Note),
        1 => (at.clone(), 0_u8..2).prop_map(|(at, name)| Step::Alias(at, name)),
        3 => (at.clone(), 0_usize..8).prop_map(|(from, to)| Step::Depend(from, to)),
        3 => (at.clone(), 0_usize..8).prop_map(|(from, to)| Step::Below(from, to)),
        1 => at.clone().prop_map(Step::Delete),
        1 => at.clone().prop_map(Step::Restore),
        1 => at.clone().prop_map(Step::Archive),
        1 => (at.clone(), 0_u8..2).prop_map(|(at, name)| Step::RenameVendor(at, name)),
        1 => Just(Step::Undo),
        1 => any::<bool>().prop_map(Step::Configure),
        1 => (0_u8..3).prop_map(Step::Foreign),
        1 => at.prop_map(Step::Remove),
    ]
}

/// A value that was acknowledged, and must be somewhere until somebody who had seen it changed it.
struct Written {
    field: (String, String),
    token: Option<String>,
    commit: String,
}

/// What was done so far.
struct World {
    clones: Clones,
    /// How wrong each clock is.
    clocks: [i64; CLONES],
    items: Vec<String>,
    vendors: Vec<String>,
    written: Vec<Written>,
    /// Records whose files plain git took away at some time.
    removed: Vec<String>,
    tokens: usize,
}

impl World {
    /// That every record is valid, but for those that name one whose file plain git took away: where no other clone
    /// had changed it, it is gone, as it would be without any merge.
    fn is_valid(&self) {
        let found = ops::validate(&self.clones.open(0), &ops::Target::Tip).expect("a check");
        let is_gone = |finding: &&ops::Finding| {
            let gone = |id: &String| finding.message == format!("there is no record {id}");
            self.removed.iter().any(gone)
        };
        let errors = found
            .violations
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<_> = errors.filter(|finding| !is_gone(finding)).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    fn token(&mut self, word: &str) -> String {
        self.tokens += 1;
        format!("{word}-{}-end", self.tokens)
    }

    /// Makes a change, which may be refused: somebody deleted the record, or a cycle would be closed.
    fn write(&mut self, at: usize, field: &str, token: Option<String>, line: Value) -> Option<String> {
        let context = self.clones.open_off(at, self.clocks[at]);
        let (id, commit) = change(&context, line).ok()?;
        self.written.push(Written {
            field: (id.clone(), field.to_owned()),
            token,
            commit,
        });
        Some(id)
    }

    fn update(&mut self, at: usize, item: usize, field: &str, token: Option<String>, mut fields: Value) {
        let Some(id) = self.items.get(item).cloned() else {
            return;
        };
        fields["op"] = "update_work_item".into();
        fields["id"] = id.into();
        self.write(at, field, token, fields);
    }

    fn take(&mut self, at: usize, step: &Step) {
        match step {
            Step::Sync => {
                let context = self.clones.open_off(at, self.clocks[at]);
                ops::sync(&context, &ops::SyncRequest::default()).expect("a sync");
            }
            Step::Add => {
                let token = self.token("title");
                let line = json!({ "op": "create_work_item", "item_type": "task", "title": token });
                let id = self.write(at, "title", Some(token), line);
                self.items.extend(id);
            }
            Step::AddVendor => {
                let token = self.token("vendor");
                let id = self.write(
                    at,
                    "name",
                    Some(token.clone()),
                    json!({ "op": "create_vendor", "name": token }),
                );
                self.vendors.extend(id);
            }
            Step::AddEnhancement => {
                let token = self.token("enhancement");
                let line = json!({ "op": "create_enhancement", "title": token, "priority": 1 });
                self.write(at, "title", Some(token), line);
            }
            Step::Undo => self.undo(at),
            Step::Configure(feature) => {
                let value = if *feature { "feature" } else { "research" };
                let request = ConfigureRequest {
                    key: "active_context_type".to_owned(),
                    value: Some(value.to_owned()),
                    revision: None,
                    updated_by: None,
                };
                ops::configure(&self.clones.open_off(at, self.clocks[at]), &request).expect("a setting");
            }
            Step::Foreign(name) => {
                let token = self.token("foreign");
                let commit = commit_file(&self.clones, at, &format!("docs/{name}.txt"), Some(&token));
                self.written.push(Written {
                    field: (format!("docs/{name}.txt"), String::new()),
                    token: Some(token),
                    commit,
                });
            }
            Step::Remove(item) => {
                if let Some(id) = self.items.get(*item) {
                    let path = format!(".tracking/work-items/{}/{id}.md", &id[..2]);
                    // Whatever plain git does to the branch: the file comes back, or stays where nobody else has it.
                    if !self.clones.git(at, &format!("ls-tree tracking -- {path}")).is_empty() {
                        let commit = commit_file(&self.clones, at, &path, None);
                        self.removed.push(id.clone());
                        self.forget(id.clone(), &commit);
                    }
                }
            }
            Step::RenameVendor(vendor, name) => {
                if let Some(id) = self.vendors.get(*vendor).cloned() {
                    let line =
                        json!({ "op": "update_vendor_status", "id": id, "new_name": format!("Same Name {name}") });
                    self.write(at, "name", None, line);
                }
            }
            _ => self.edit(at, step),
        }
    }

    fn edit(&mut self, at: usize, step: &Step) {
        match *step {
            Step::Title(item) => {
                let token = self.token("title");
                self.update(at, item, "title", Some(token.clone()), json!({ "title": token }));
            }
            Step::Status(item) => self.update(at, item, "status", None, json!({ "status": "active" })),
            Step::Assignee(item) => {
                let token = self.token("assignee");
                self.update(at, item, "assignee", Some(token.clone()), json!({ "assignee": token }));
            }
            Step::Metadata(item) => {
                let token = self.token("metadata");
                self.update(
                    at,
                    item,
                    "metadata",
                    Some(token.clone()),
                    json!({ "metadata": { "remark": token } }),
                );
            }
            Step::Label(item) => {
                let token = self.token("label");
                self.update(
                    at,
                    item,
                    &token.clone(),
                    Some(token.clone()),
                    json!({ "add_labels": [token] }),
                );
            }
            Step::Unlabel(item) => {
                let label = self.written.iter().rev().find(|written| {
                    written.token.as_deref().is_some_and(|token| token.starts_with("label"))
                        && self.items.get(item) == Some(&written.field.0)
                });
                if let Some(label) = label.and_then(|written| written.token.clone()) {
                    self.update(at, item, &label.clone(), None, json!({ "remove_labels": [label] }));
                }
            }
            Step::Append(item) => {
                let token = self.token("line");
                self.update(
                    at,
                    item,
                    &token.clone(),
                    Some(token.clone()),
                    json!({ "append_body": token }),
                );
            }
            Step::Note(item) => {
                let token = self.token("note");
                if let Some(id) = self.items.get(item).cloned() {
                    self.write(
                        at,
                        &token.clone(),
                        Some(token.clone()),
                        json!({ "op": "add_note", "on": id, "body": token }),
                    );
                }
            }
            _ => self.relate(at, step),
        }
    }

    fn relate(&mut self, at: usize, step: &Step) {
        match *step {
            Step::Alias(item, name) => {
                self.update(
                    at,
                    item,
                    "aliases",
                    None,
                    json!({ "add_aliases": [format!("alias.{name}")] }),
                );
            }
            Step::Depend(from, to) => {
                if let Some(to) = self.items.get(to).cloned() {
                    self.update(at, from, "depends_on", None, json!({ "add_depends_on": [to] }));
                }
            }
            Step::Below(child, parent) => {
                if let Some(parent) = self.items.get(parent).cloned() {
                    self.update(at, child, "parent_id", None, json!({ "parent_id": parent }));
                }
            }
            Step::Delete(item) => {
                self.update(
                    at,
                    item,
                    "deleted_at",
                    None,
                    json!({ "deleted_at": "2025-10-11T00:00:00Z" }),
                );
            }
            Step::Restore(item) => self.update(at, item, "deleted_at", None, json!({ "clear": ["deleted_at"] })),
            Step::Archive(item) => self.update(at, item, "archived_at", None, json!({ "archive": true })),
            _ => {}
        }
    }

    fn undo(&mut self, at: usize) {
        let context = self.clones.open_off(at, self.clocks[at]);
        if let Ok(undone) = ops::undo(&context, None) {
            let fields: Vec<_> = self
                .written
                .iter()
                .filter(|written| written.commit == undone.undone)
                .map(|written| written.field.clone())
                .collect();
            let superseded = fields.into_iter().map(|field| Written {
                field,
                token: None,
                commit: undone.commit.clone(),
            });
            self.written.extend(superseded.collect::<Vec<_>>());
        }
    }

    /// Somebody took a whole record away.
    fn forget(&mut self, id: String, commit: &str) {
        let fields: Vec<_> = self
            .written
            .iter()
            .filter(|written| written.field.0 == id)
            .map(|w| w.field.clone())
            .collect();
        let gone = fields.into_iter().map(|field| Written {
            field,
            token: None,
            commit: commit.to_owned(),
        });
        self.written.extend(gone.collect::<Vec<_>>());
    }

    /// That every value that nobody replaced who had seen it is in the tree.
    fn nothing_is_lost(&self) {
        let held = self.clones.git(0, "grep -h -e '' tracking -- .");
        let mut later: BTreeMap<&(String, String), Vec<&str>> = BTreeMap::new();
        for written in &self.written {
            later.entry(&written.field).or_default().push(&written.commit);
        }
        for written in &self.written {
            let Some(token) = written.token.as_deref().filter(|token| !held.contains(*token)) else {
                continue;
            };
            let seen = later[&written.field].iter().any(|commit| {
                *commit != written.commit && {
                    let asked = format!("rev-list -1 {} --not {commit}^@", written.commit);
                    // Nothing is left of it but what the later one had before it.
                    self.clones.git(0, &asked).is_empty()
                }
            });
            assert!(seen, "{token} of {:?} at {} is nowhere", written.field, written.commit);
        }
    }
}

/// A commit of plain git on the tracking branch.
fn commit_file(clones: &Clones, at: usize, path: &str, content: Option<&str>) -> String {
    let change = match content {
        Some(content) => {
            format!("git update-index --add --cacheinfo 100644,$(echo {content} | git hash-object -w --stdin),{path}")
        }
        None => format!("git update-index --force-remove {path}"),
    };
    clones.shell(&format!(
        "cd {at} && export GIT_INDEX_FILE=$PWD/.git/other-index && rm -f $GIT_INDEX_FILE && git read-tree tracking && {change} && \
         git update-ref refs/heads/tracking $(git commit-tree -p tracking -m foreign $(git write-tree)) && git rev-parse tracking"
    ))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clones_agree_and_nothing_is_lost(
        steps in prop::collection::vec((0..CLONES, step()), 15..45),
        clocks in prop::array::uniform3(-500_i64..500),
    ) {
        let mut world = World {
            clones: Clones::new(CLONES),
            clocks,
            items: Vec::new(),
            vendors: Vec::new(),
            written: Vec::new(),
            removed: Vec::new(),
            tokens: 0,
        };
        for (at, step) in &steps {
            world.take(*at, step);
        }
        world.clones.settle(CLONES);
        for at in 0..CLONES {
            prop_assert_eq!(world.clones.tree(at), world.clones.tree(0));
        }
        world.is_valid();
        world.nothing_is_lost();
    }
}
