//! A docket that is asked twice: through the index, and straight from git.

mod questions;

use std::cell::Cell;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use git_docket::filter::{RecordFilter, WorkItemFilter};
use git_docket::index::{Database, Index, Tables};
use git_docket::ops::{
    self, Context, CreateRequest, ListRequest, LogRequest, RecordListRequest, Settings, TreeRequest, UpdateRequest,
    WriteResponse,
};
use git_docket::record::Kind;
use git_docket::record::value::Time;
use git_docket::record::work_item::ItemType;
use serde::Serialize;
use serde_json::Value;
use tempfile::TempDir;

use self::questions::{questions, record_questions};

pub(crate) struct Docket {
    dir: Arc<TempDir>,
    opened: Cell<u64>,
    /// The database that is asked, too.
    database: Option<String>,
}

impl Docket {
    pub(crate) fn new() -> Self {
        let dir = Arc::new(tempfile::tempdir().expect("a temporary directory"));
        let docket = Self {
            dir,
            opened: Cell::new(0),
            database: None,
        };
        docket.git("init -q . && git config user.name Ana && git config user.email ana@example.com");
        ops::init(&docket.open(0, true), false).expect("a docket");
        docket
    }

    /// Another one, the same up to now.
    pub(crate) fn twin(&self) -> Self {
        let dir = Arc::new(tempfile::tempdir().expect("a temporary directory"));
        let twin = Self {
            dir,
            opened: Cell::new(0),
            database: None,
        };
        self.git(&format!("--version && cp -R .git '{}'", twin.path().display()));
        twin
    }

    /// Draws the ids that the other one draws next.
    pub(crate) fn draw_like(&self, other: &Self) {
        self.opened.set(other.opened.get());
    }

    /// The same, with an index in a database beside.
    pub(crate) fn in_database(mut self, url: &str) -> Self {
        self.database = Some(url.to_owned());
        self
    }

    /// The same docket, asking another database.
    pub(crate) fn at(docket: &Self, url: &str) -> Self {
        Self {
            dir: Arc::clone(&docket.dir),
            opened: Cell::new(docket.opened.get() + 1_000),
            database: Some(url.to_owned()),
        }
    }

    /// A clone of it, as git makes it, asking the same database.
    pub(crate) fn clone_of(&self) -> Self {
        let dir = Arc::new(tempfile::tempdir().expect("a temporary directory"));
        let clone = Self {
            dir,
            opened: Cell::new(self.opened.get() + 2_000),
            database: self.database.clone(),
        };
        clone.git(&format!(
            "clone -q '{}' . && git config user.name Eve && git config user.email eve@example.com &&
             git update-ref refs/heads/tracking origin/tracking",
            self.path().display()
        ));
        clone
    }

    pub(crate) fn has_database(&self) -> bool {
        self.database.is_some()
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Opens it some seconds after the beginning, or before; new ids are drawn each time.
    pub(crate) fn open(&self, seconds: i64, with_index: bool) -> Context {
        self.opened_with(seconds, with_index, None)
    }

    /// The same, asking the database first.
    pub(crate) fn open_database(&self, seconds: i64) -> Context {
        let url = self.database.clone().expect("a database");
        self.opened_with(seconds, true, Some(url))
    }

    fn opened_with(&self, seconds: i64, with_index: bool, database: Option<String>) -> Context {
        self.opened.set(self.opened.get() + 1);
        let settings = Settings {
            database: database.map(|url| (url, "DOCKET_DATABASE_URL")),
            dir: self.path().to_owned(),
            now: Time::from_milliseconds((1_760_000_000 + seconds) * 1000),
            seed: Some(self.opened.get().to_string()),
            without_index: !with_index,
            ..Settings::default()
        };
        Context::open(&settings).expect("a repository")
    }

    /// Runs a line of shell that begins with a command of git, at a fixed time.
    pub(crate) fn git(&self, line: &str) -> String {
        let output = Command::new("sh")
            .args(["-c", &format!("git {line}")])
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_DATE", "1760000100 +0000")
            .env("GIT_COMMITTER_DATE", "1760000100 +0000")
            .output()
            .expect("git runs");
        assert!(
            output.status.success(),
            "git {line}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    pub(crate) fn index_file(&self) -> std::path::PathBuf {
        self.path().join(".git/docket/index.sqlite")
    }

    pub(crate) fn add(&self, title: &str) -> String {
        let item = ops::add(&self.open(0, true), &CreateRequest::new(ItemType::Task, title)).expect("an item");
        item.item.fields.id.to_string()
    }

    /// Checks that the answer to a write has the version that git's history says, and can be relied upon.
    pub(crate) fn knows_versions<T: Serialize>(&self, reply: &WriteResponse<T>) {
        let written = said(&reply.item);
        let id = written["id"].as_str().expect("an identity").to_owned();
        let shown = ops::show(&self.open(0, false), &id, None, None).expect("what was written");
        assert_eq!(reply.meta.revision, shown.meta.revision);
        let shown = said(&shown);
        for (field, value) in written.as_object().expect("an object") {
            assert_eq!(*value, shown[field], "{field} of {id}");
        }
        if shown["kind"] != "work-item" {
            return;
        }
        let version = written["version"].as_u64();
        let update = |version| {
            let request = UpdateRequest {
                id: id.clone(),
                version,
                // The same that it is: nothing changes.
                title: shown["title"].as_str().map(str::to_owned),
                ..UpdateRequest::default()
            };
            ops::update(&self.open(0, true), &request)
        };
        let same = update(version).expect("the version that was told can be expected");
        assert_eq!(said(&same.item), written);
        update(version.map(|version| version + 1)).expect_err("another version cannot");
    }

    /// Puts every question to git itself and to the index, and to the one in the database where there is one; returns
    /// what answered the index's.
    pub(crate) fn agree(&self) -> &'static str {
        if self.database.is_some() {
            ops::sync_index(&self.open_database(1_000)).expect("a database");
            assert_eq!(self.agree_with(&self.open_database(1_000)), "postgres");
        }
        self.agree_with(&self.open(1_000, true))
    }

    fn agree_with(&self, index: &Context) -> &'static str {
        let git = self.open(1_000, false);
        let mut source = "";
        for request in questions() {
            for ask in [ops::list, ops::ready] {
                let one = ask(index, &request).expect("an answer");
                source = one.meta.data_source;
                same(&one, &ask(&git, &request).expect("an answer"));
            }
            if !request.filter.text.is_empty() {
                let (one, other) = (ops::search(index, &request), ops::search(&git, &request));
                same(&one.expect("an answer"), &other.expect("an answer"));
            }
        }
        for root in [None, self.any_item()] {
            let request = TreeRequest {
                root,
                ..TreeRequest::default()
            };
            same(
                &ops::tree(index, &request).expect("a tree"),
                &ops::tree(&git, &request).expect("a tree"),
            );
        }
        let everything = ListRequest {
            filter: WorkItemFilter {
                include_deleted: true,
                include_archived: true,
                ..WorkItemFilter::default()
            },
            ..ListRequest::default()
        };
        for item in ops::list(&git, &everything).expect("a list").items {
            let id = item.fields.id.to_string();
            for name in [id.as_str(), &id[..8], &id[30..], "no such thing"] {
                same_shown(index, &git, name);
            }
        }
        for (beginning, deleted) in [("THE", false), ("THE", true), ("0", false), ("the", false)] {
            let names = |context| ops::names(context, beginning, deleted).expect("names");
            assert_eq!(names(index), names(&git), "{beginning}");
        }
        agree_on_records(index, &git);
        self.agree_on_the_past(index, &git);
        source
    }

    /// Asks both about older commits, and about what happened.
    fn agree_on_the_past(&self, index: &Context, git: &Context) {
        let commits = self.git("rev-list tracking");
        let commits: Vec<_> = commits.lines().map(str::to_owned).collect();
        for as_of in commits.iter().skip(1).step_by(commits.len().div_ceil(4)) {
            for request in questions() {
                let request = ListRequest {
                    as_of: Some(as_of.clone()),
                    ..request
                };
                same(
                    &ops::list(index, &request).expect("a list"),
                    &ops::list(git, &request).expect("a list"),
                );
            }
            let items = ListRequest {
                as_of: Some(as_of.clone()),
                ..ListRequest::default()
            };
            for item in ops::list(git, &items).expect("a list").items {
                let show =
                    |context| ops::show(context, &item.fields.id.to_string(), None, Some(as_of)).expect("an item");
                same(&show(index), &show(git));
            }
        }
        let some = |at: usize| commits.get(at).cloned();
        let mut logs = vec![
            (None, None, None),
            (some(3), None, None),
            (None, some(2), None),
            (some(4), some(1), None),
        ];
        logs.extend([None, self.any_item()].map(|id| (Some("2025-10-09T08:53:00Z".to_owned()), None, id)));
        for (since, until, id) in logs {
            for (actor, limit, offset) in [(None, None, 0), (Some("Eve"), None, 0), (None, Some(3), 2)] {
                let request = LogRequest {
                    id: id.clone(),
                    since: since.clone(),
                    until: until.clone(),
                    actor: actor.map(str::to_owned),
                    limit,
                    offset,
                };
                let log = |context| ops::log(context, &request).expect("a log");
                same(&log(index), &log(git));
            }
        }
    }

    fn any_item(&self) -> Option<String> {
        let all = ops::list(&self.open(0, false), &ListRequest::default()).expect("a list");
        all.items.first().map(|item| item.fields.id.to_string())
    }

    /// The hash of all rows of the index, brought to the tip.
    pub(crate) fn digest(&self) -> String {
        ops::list(&self.open(1_000, true), &ListRequest::default()).expect("a list");
        let mut index = Index::open(&self.index_file()).expect("an index");
        let digest = index.digest().expect("a digest");
        index.close();
        digest
    }

    /// The same of the one in the database, brought to the tip.
    pub(crate) fn database_digest(&self) -> String {
        let context = self.open_database(1_000);
        ops::sync_index(&context).expect("a database");
        let configuration = ops::configuration(&context).expect("a configuration");
        let mut database = Database::parse(&self.database.clone().expect("a database")).expect("a URL");
        database.repository = configuration.values["repository"].as_str().map(str::to_owned);
        let mut index = Index::connect(&database, Tables::AsTheyAre).expect("an index");
        index.begin().expect("a state");
        let digest = index.digest().expect("a digest");
        index.close();
        digest
    }

    pub(crate) fn without_index_file(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = self.index_file().into_os_string();
            name.push(suffix);
            if std::fs::exists(&name).expect("it can be looked for") {
                std::fs::remove_file(name).expect("it can be removed");
            }
        }
    }
}

fn same_shown(index: &Context, git: &Context, name: &str) {
    match (ops::show(index, name, None, None), ops::show(git, name, None, None)) {
        (Ok(one), Ok(other)) => same(&one, &other),
        (Err(one), Err(other)) => assert_eq!(one.to_json(), other.to_json()),
        _ => panic!("one finds {name} and the other does not"),
    }
}

/// Asks both about vendors, deployments and enhancements.
fn agree_on_records(index: &Context, git: &Context) {
    for kind in [Kind::Vendor, Kind::Deployment, Kind::Enhancement] {
        for request in record_questions(kind) {
            same_list(index, git, &request);
        }
    }
    let all = |kind| RecordListRequest {
        filter: RecordFilter {
            include_gone: true,
            ..RecordFilter::of(kind)
        },
        ..RecordListRequest::of(kind)
    };
    for vendor in ops::vendor::list(git, &all(Kind::Vendor)).expect("a list").items {
        same_shown(index, git, vendor.fields.name.as_str());
        same_shown(index, git, &vendor.fields.id.to_string());
        let touching = RecordListRequest {
            touches: vec![vendor.fields.id.to_string()],
            ..all(Kind::Deployment)
        };
        same_list(index, git, &touching);
    }
    for deployment in ops::deployment::list(git, &all(Kind::Deployment))
        .expect("a list")
        .items
    {
        same_shown(index, git, &deployment.fields.id.to_string());
    }
    for enhancement in ops::enhancement::list(git, &all(Kind::Enhancement))
        .expect("a list")
        .items
    {
        same_shown(index, git, &enhancement.fields.id.to_string());
    }
}

fn same_list(index: &Context, git: &Context, request: &RecordListRequest) {
    let list = |context| {
        let answer = match request.filter.kind {
            Kind::Vendor => ops::vendor::list(context, request).map(|list| said(&list)),
            Kind::Deployment => ops::deployment::list(context, request).map(|list| said(&list)),
            _ => ops::enhancement::list(context, request).map(|list| said(&list)),
        };
        answer.expect("a list")
    };
    assert_eq!(list(index), list(git));
}

pub(crate) fn same(one: &impl Serialize, other: &impl Serialize) {
    assert_eq!(said(one), said(other));
}

/// An answer but for who gave it.
pub(crate) fn said(answer: &impl Serialize) -> Value {
    let mut json = serde_json::to_value(answer).expect("an answer is JSON");
    json.as_object_mut().expect("an object").remove("data_source");
    json
}
