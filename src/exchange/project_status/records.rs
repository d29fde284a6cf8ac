//! What a status file says, as records.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::entries::Section;
use super::report::KnownIds;
use super::session::Prompt;
use super::{Deployment, Enhancement, ProjectStatus, SYSTEM, Unread, Vendor, WorkItem};
use crate::exchange::fit;
use crate::record::vendor::normalised_name;
use crate::record::work_item::{ItemType, Status};
use crate::record::{Kind, Record, RecordId, assemble};

/// Who created the records.
const ACTOR: &str = "migration";

/// The priority of an enhancement of which none is said, as in `enhancement add`.
const PRIORITY: i64 = 3;

/// The records a status file makes, all valid.
#[derive(Clone, Debug, Default)]
pub struct Migration {
    /// Vendors, enhancements, work items with parents before children, deployments.
    pub records: Vec<Record>,
    /// What is not said in the file and has a value nevertheless: the line, and which.
    pub assumed: Vec<Unread>,
    /// What makes no valid record: the line, and why.
    pub refused: Vec<Unread>,
    /// Session prompts that could not be used: place and reason.
    pub skipped: Vec<(String, String)>,
}

/// Makes the records. The same file makes the same ones everywhere.
#[must_use]
pub fn migrate(status: &ProjectStatus) -> Migration {
    make(status, Some(ACTOR), KnownIds::default())
}

/// The same, created by somebody or nobody knows whom, and with the ids that are known.
pub(super) fn make(status: &ProjectStatus, created_by: Option<&'static str>, known: KnownIds) -> Migration {
    let mut making = Making {
        created_by,
        known,
        ..Making::default()
    };
    for vendor in &status.vendors {
        making.vendor(vendor);
    }
    for enhancement in &status.enhancements {
        making.enhancement(enhancement);
    }
    let mut prompts: Vec<Option<&Prompt>> = status.prompts.iter().map(Some).collect();
    making.work_items(&status.work_items, &mut prompts);
    for prompt in prompts.into_iter().flatten() {
        making.prompt(prompt);
    }
    for deployment in &status.deployments {
        making.deployment(deployment);
    }
    let mut made = making.made;
    made.skipped = status.skipped.clone();
    let refused = status.refused.iter().filter(|(section, _)| *section != Section::Other);
    made.refused.extend(refused.map(|(_, unread)| unread.clone()));
    made.refused.sort();
    made
}

#[derive(Default)]
struct Making {
    made: Migration,
    created_by: Option<&'static str>,
    known: KnownIds,
    vendors: HashMap<String, RecordId>,
    items: HashMap<String, RecordId>,
    /// How often a name was used, by kind: a second one of the same name is another record.
    names: HashMap<(Kind, String), usize>,
}

type Fields = Map<String, Value>;

impl Making {
    /// The name of a thing in the file; the second one of the same name ends with `#2`.
    fn name(&mut self, kind: Kind, name: &str) -> String {
        let count = self.names.entry((kind, name.to_owned())).or_default();
        *count += 1;
        match *count {
            1 => name.to_owned(),
            count => format!("{name}#{count}"),
        }
    }

    fn make(
        &mut self,
        kind: Kind,
        line: usize,
        name: &str,
        mut fields: Fields,
        mut origin: Fields,
        body: &str,
    ) -> bool {
        let name: String = name.chars().take(200).collect();
        origin.insert("system".into(), SYSTEM.into());
        origin.insert("id".into(), name.into());
        fields.insert("origin".into(), Value::Object(origin));
        fields.insert("created_by".into(), self.created_by.into());
        fields.retain(|_, value| !value.is_null());
        match assemble(kind, &fields, &fit::body(body.to_owned()).0, None) {
            Ok(record) => self.made.records.push(record),
            Err(violations) => {
                let reasons: Vec<_> = violations
                    .iter()
                    .filter(|violation| violation.severity == crate::record::Severity::Error)
                    .map(ToString::to_string)
                    .collect();
                let text = format!("{}: {}", kind.noun(), reasons.join("; "));
                self.made.refused.push(Unread { line, text });
                return false;
            }
        }
        true
    }

    fn assume(&mut self, line: usize, text: String) {
        self.made.assumed.push(Unread { line, text });
    }

    fn vendor(&mut self, vendor: &Vendor) {
        let normalised = normalised_name(&vendor.name);
        if self.vendors.contains_key(&normalised) {
            let text = format!("vendor {}: there is one of that name before", vendor.name);
            return self.made.refused.push(Unread {
                line: vendor.line,
                text,
            });
        }
        let id = self.known.next(Kind::Vendor, RecordId::vendor(&normalised, 1));
        let tests = vendor.tests.map(|(passing, total)| {
            let mut tests = json!({ "passing": passing, "total": total });
            if let Some(skipped) = vendor.skipped {
                tests["skipped"] = skipped.into();
            }
            tests
        });
        let formats: Fields = vendor
            .formats
            .iter()
            .map(|format| (format.clone(), true.into()))
            .collect();
        let mut metadata = vendor.metadata.clone();
        if let (None, Some(skipped)) = (vendor.tests, vendor.skipped) {
            metadata.insert("tests_skipped".into(), skipped.into());
        }
        let fields = fields([
            ("id", id.to_string().into()),
            ("name", vendor.name.clone().into()),
            ("status", vendor.status.map(|status| status.as_str()).into()),
            ("extractor_version", vendor.extractor_version.clone().into()),
            ("format_support", not_empty(formats)),
            ("test_results", tests.unwrap_or_default()),
            ("manifest_compliant", vendor.manifest_compliant.into()),
            ("metadata", not_empty(metadata)),
        ]);
        if self.make(Kind::Vendor, vendor.line, &vendor.name, fields, Fields::new(), "") {
            self.vendors.insert(normalised, id);
        }
    }

    fn enhancement(&mut self, enhancement: &Enhancement) {
        let name = self.name(Kind::Enhancement, &enhancement.title);
        if enhancement.priority.is_none() {
            self.assume(
                enhancement.line,
                format!("priority {PRIORITY} of enhancement {}", enhancement.title),
            );
        }
        let status = enhancement.status.map_or("planned", |status| status.as_str());
        let id = RecordId::imported(Kind::Enhancement, SYSTEM, &name);
        let id = self.known.next(Kind::Enhancement, id);
        let fields = fields([
            ("id", id.to_string().into()),
            ("title", enhancement.title.clone().into()),
            ("priority", enhancement.priority.unwrap_or(PRIORITY).into()),
            ("status", status.into()),
            ("target_quarter", enhancement.quarter.clone().into()),
            ("metadata", not_empty(enhancement.metadata.clone())),
        ]);
        let body = enhancement.body.join("\n\n");
        self.make(Kind::Enhancement, enhancement.line, &name, fields, Fields::new(), &body);
    }

    /// Items with those above them in the list as parents; a prompt of the same title as a session belongs to it.
    fn work_items(&mut self, items: &[WorkItem], prompts: &mut [Option<&Prompt>]) {
        let mut above: Vec<(usize, RecordId, String)> = Vec::new();
        for item in items {
            while above.last().is_some_and(|(depth, ..)| *depth >= item.depth) {
                above.pop();
            }
            let parent = above.last().map(|(_, id, _)| *id);
            let path = above
                .last()
                .map_or_else(|| item.title.clone(), |(_, _, path)| format!("{path} / {}", item.title));
            let name = self.name(Kind::WorkItem, &path);
            let id = RecordId::imported(Kind::WorkItem, SYSTEM, &name);
            let id = self.known.next(Kind::WorkItem, id);
            let belongs = |prompt: &&mut Option<&Prompt>| {
                item.item_type == Some(ItemType::Session) && prompt.is_some_and(|prompt| prompt.title == item.title)
            };
            let prompt = prompts.iter_mut().find(belongs).and_then(Option::take);
            if self.work_item(item, id, parent, &name, prompt) {
                self.items.entry(item.title.clone()).or_insert(id);
                above.push((item.depth, id, path));
            }
        }
    }

    fn work_item(
        &mut self,
        item: &WorkItem,
        id: RecordId,
        parent: Option<RecordId>,
        name: &str,
        prompt: Option<&Prompt>,
    ) -> bool {
        if item.item_type.is_none() {
            self.assume(item.line, format!("type task of work item {}", item.title));
        }
        if item.status.is_none() {
            self.assume(item.line, format!("status pending of work item {}", item.title));
        }
        let mut metadata = prompt.map_or_else(Fields::new, |prompt| of_session(&prompt.frontmatter));
        if let (Some(reason), Some(Status::Blocked)) = (&item.blocked_reason, item.status) {
            metadata.insert("blocked_reason".into(), reason.clone().into());
        }
        if let Some((done, total)) = item.progress {
            metadata.insert("progress".into(), format!("{done}/{total}").into());
        }
        let fields = fields([
            ("id", id.to_string().into()),
            ("item_type", item.item_type.unwrap_or(ItemType::Task).as_str().into()),
            ("title", item.title.clone().into()),
            ("status", item.status.unwrap_or(Status::Pending).as_str().into()),
            ("parent_id", parent.map(|id| id.to_string()).into()),
            ("priority", item.priority.map(|priority| priority.as_str()).into()),
            ("labels", item.labels.clone().into()),
            ("assignee", item.assignee.clone().into()),
            ("branch_name", item.branch.clone().into()),
            ("pr_number", item.pr_number.into()),
            ("metadata", not_empty(metadata)),
        ]);
        let body = prompt.map(|prompt| prompt.body.as_str()).unwrap_or_default();
        self.make(Kind::WorkItem, item.line, name, fields, Fields::new(), body)
    }

    fn prompt(&mut self, prompt: &Prompt) {
        let name = self.name(Kind::WorkItem, &format!("session: {}", prompt.title));
        let status = prompt.frontmatter.get("status").and_then(Value::as_str);
        let status = status.and_then(|word| word.to_lowercase().parse::<Status>().ok());
        if status.is_none() {
            self.assume(0, format!("status pending of session {}", prompt.title));
        }
        let title = fit::text::<200>(&prompt.title).map(|fitted| fitted.value.to_string());
        let fields = fields([
            (
                "id",
                RecordId::imported(Kind::WorkItem, SYSTEM, &name).to_string().into(),
            ),
            ("item_type", ItemType::Session.as_str().into()),
            ("title", title.into()),
            ("status", status.unwrap_or(Status::Pending).as_str().into()),
            ("metadata", Value::Object(of_session(&prompt.frontmatter))),
        ]);
        let before = self.made.refused.len();
        if !self.make(Kind::WorkItem, 0, &name, fields, Fields::new(), &prompt.body) {
            let refused = self.made.refused.drain(before..).map(|unread| unread.text);
            let reason = refused.collect::<Vec<_>>().join("; ");
            self.made.skipped.push((prompt.place.clone(), reason));
        }
    }

    fn deployment(&mut self, deployment: &Deployment) {
        let Some(time) = deployment.deployed_at else { return };
        let name = self.name(Kind::Deployment, &deployment.title);
        let id = RecordId::imported_at(time, Kind::Deployment, SYSTEM, &name);
        let id = self.known.next(Kind::Deployment, id);
        let is_whole = |commit: &&String| matches!(commit.len(), 40 | 64);
        let mut unresolved = BTreeMap::new();
        let mut leave = |field: &str, names: Vec<String>| {
            if !names.is_empty() {
                let names = distinct(names.into_iter().map(|name| name.chars().take(200).collect()));
                unresolved.insert(field.to_owned(), names);
            }
        };
        let short = deployment.commit.iter().filter(|commit| !is_whole(commit));
        leave("commit_hash", short.cloned().collect());
        let (items, unknown) = resolved(&deployment.work_items, |title| self.items.get(title));
        leave("related_work_items", unknown);
        let (vendors, unknown) = resolved(&deployment.vendors, |name| self.vendors.get(&normalised_name(name)));
        leave("affected_vendors", unknown);
        let origin = match unresolved.is_empty() {
            true => Fields::new(),
            false => Fields::from_iter([("unresolved".to_owned(), json!(unresolved))]),
        };
        let tests: Fields = deployment
            .tests
            .iter()
            .map(|(name, count)| (name.clone(), (*count).into()))
            .collect();
        let fields = fields([
            ("id", id.to_string().into()),
            ("deployed_at", time.to_string().into()),
            (
                "commit_hash",
                deployment.commit.as_ref().filter(is_whole).cloned().into(),
            ),
            ("environment", deployment.environment.clone().into()),
            ("pr_number", deployment.pr_number.into()),
            ("pr_title", deployment.pr_title.clone().into()),
            ("test_summary", not_empty(tests)),
            ("constitutional_compliance", deployment.constitutional_compliance.into()),
            ("affected_vendors", vendors.into()),
            ("related_work_items", items.into()),
            ("metadata", not_empty(deployment.metadata.clone())),
        ]);
        self.make(Kind::Deployment, deployment.line, &name, fields, origin, "");
    }
}

/// The metadata of a session: what has fields, and the whole frontmatter.
fn of_session(frontmatter: &Fields) -> Fields {
    let mut metadata = Fields::new();
    for key in ["token_budget", "prompts_count"] {
        if let Some(count) = frontmatter.get(key).filter(|value| value.is_u64()) {
            metadata.insert(key.to_owned(), count.clone());
        }
    }
    metadata.insert("yaml_frontmatter".to_owned(), Value::Object(frontmatter.clone()));
    metadata
}

/// The ids of names that are known, and the names that are not.
fn resolved<'i>(names: &[String], known: impl Fn(&str) -> Option<&'i RecordId>) -> (Vec<String>, Vec<String>) {
    let (mut ids, mut unknown) = (Vec::new(), Vec::new());
    for name in names {
        match known(name) {
            Some(id) => ids.push(id.to_string()),
            None => unknown.push(name.clone()),
        }
    }
    (distinct(ids.into_iter()), unknown)
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    values.filter(|value| seen.insert(value.clone())).collect()
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn not_empty(map: Fields) -> Value {
    match map.is_empty() {
        true => Value::Null,
        false => Value::Object(map),
    }
}
