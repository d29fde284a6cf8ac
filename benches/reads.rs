//! How long questions take within one process that keeps its index open, and how long the index takes to build.
//!
//! `cargo bench --bench reads -- [ITEMS…] [archived=ITEMS]` makes a docket of so many items (default 50, 1200 and
//! 10000), a hundred to a commit, each below or after some of the commit before, five levels deep; then 1,000 single
//! changes on top. Where so many are to be archived, they are there beside these, over for long. It is packed before it
//! is read. 45 vendors, 20 deployments and 20 enhancements are there for reports. Prints the median and what 95 of a
//! hundred take at most, in milliseconds. Where `DOCKET_DATABASE_URL` names a database, that is asked the same in the
//! same run.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a measurement, not a part of the product"
)]

mod common;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use common::{docket, git, open};
use git_docket::filter::WorkItemFilter;
use git_docket::filter::words::Terms;
use git_docket::index::{Database, Found, Index, Tables};
use git_docket::ops::{
    self, ArchiveRequest, BatchLine, Context, CreateRequest, ListRequest, Progress, RenderRequest, Settings,
    UpdateRequest,
};
use git_docket::record::work_item::{ItemType, Status};
use git_docket::record::{Kind, RecordPath};
use serde_json::json;

/// Items a commit makes.
const BATCH: usize = 100;

/// How deep the hierarchy is.
const LEVELS: usize = 5;

/// Commits of one change each, on top.
const CHANGES: usize = 1_000;

/// How often each question is asked.
const TIMES: usize = 400;

const WORDS: &[&str] = &[
    "vendor",
    "extractor",
    "invoice",
    "cache",
    "layout",
    "session",
    "parser",
    "deploy",
    "flaky",
    "timeout",
    "retry",
];

/// When each step of a long operation began.
#[derive(Default)]
struct Steps(Mutex<Vec<(&'static str, Instant)>>);

impl Progress for Steps {
    fn step(&self, what: &'static str, _total: Option<usize>) {
        self.0.lock().unwrap().push((what, Instant::now()));
    }

    fn advance(&self, _count: usize) {}
}

fn item(number: usize, before: &[String]) -> BatchLine {
    let word = |at: usize| WORDS[(number * (at + 3) + at) % WORDS.len()];
    let mut request = CreateRequest::new(ItemType::Task, &format!("Item {number} of the {} {}", word(1), word(2)));
    request.labels = vec![word(3).to_owned()];
    request.body = Some(format!("The {} of the {} has a {} now and then.\n", word(4), word(5), word(6)).repeat(8));
    let (level, at) = ((number / BATCH) % LEVELS, number % BATCH);
    request.parent_id = before.get(at).filter(|_| level > 0).cloned();
    request.depends_on = before.get((at + 1) % BATCH).into_iter().cloned().collect();
    BatchLine::CreateWorkItem(Box::new(request))
}

/// What reports show beside work items.
fn beside(ids: &[String]) -> Vec<(usize, BatchLine)> {
    let mut lines = Vec::new();
    for number in 0..45 {
        lines.push(
            json!({ "op": "create_vendor", "name": format!("Vendor {number}"), "status": "operational",
            "extractor_version": "2.3.1", "metadata": { "test_results": { "passing": 42, "total": 45, "skipped": 2 },
            "format_support": { "excel": true, "csv": true }, "manifest_compliant": true } }),
        );
    }
    for number in 0..20 {
        let touched: Vec<_> = ids.iter().skip(number * 7).take(3).collect();
        lines.push(
            json!({ "op": "record_deployment", "deployed_at": format!("2025-10-{:02}T12:00:00Z", number + 1),
            "commit_hash": format!("{number:040x}"), "metadata": { "pr_number": number + 1, "pr_title": "Read it" },
            "related_work_item_ids": touched, "affected_vendor_ids": ["Vendor 1", "Vendor 2"] }),
        );
        lines.push(
            json!({ "op": "create_enhancement", "title": format!("Enhancement {number}"), "priority": number % 5 + 1 }),
        );
    }
    let line = |(at, line)| (at, ops::BatchLine::read(line).unwrap());
    lines.into_iter().enumerate().map(line).collect()
}

/// Makes items that were over two years ago, and archives them.
fn archive(dir: &Path, items: usize) {
    let settings = Settings {
        dir: dir.to_owned(),
        now: "2024-01-01T00:00:00Z".parse().ok(),
        ..Settings::default()
    };
    let context = Context::open(&settings).unwrap();
    for start in (0..items).step_by(1_000) {
        let over = |number| match item(number, &[]) {
            BatchLine::CreateWorkItem(mut request) => {
                request.status = Some("completed".to_owned());
                (number, BatchLine::CreateWorkItem(request))
            }
            _ => panic!("an item"),
        };
        let lines: Vec<_> = (start..items.min(start + 1_000)).map(over).collect();
        ops::batch(&context, &lines).unwrap();
    }
    let archived = ops::archive(&open(dir), &ArchiveRequest::default()).unwrap();
    assert_eq!(archived.archived, items);
}

/// Makes the docket; returns the ids of its items.
fn fill(dir: &Path, items: usize) -> Vec<String> {
    let context = open(dir);
    let mut ids: Vec<String> = Vec::new();
    for start in (0..items).step_by(BATCH) {
        let before = &ids[start.saturating_sub(BATCH)..];
        let lines = (start..items.min(start + BATCH)).map(|number| (number, item(number, before)));
        let made = ops::batch(&context, &lines.collect::<Vec<_>>()).unwrap();
        ids.extend(made.ids);
    }
    ops::batch(&context, &beside(&ids)).unwrap();
    for change in 0..CHANGES {
        let request = UpdateRequest {
            id: ids[change * 7_919 % ids.len()].clone(),
            title: Some(format!("Changed for the {change}th time")),
            ..UpdateRequest::default()
        };
        ops::update(&context, &request).unwrap();
    }
    ids
}

/// Prints the median and the 95th of a hundred of what a question takes.
fn measure<T>(name: &str, times: usize, mut question: impl FnMut(usize) -> T) {
    let mut took: Vec<f64> = (0..times)
        .map(|time| {
            let start = Instant::now();
            std::hint::black_box(question(time));
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    took.sort_by(f64::total_cmp);
    println!("  {name:<44} {:>9.3} {:>9.3}", took[times / 2], took[times * 95 / 100]);
}

fn main() {
    let archived = std::env::args().find_map(|argument| argument.strip_prefix("archived=")?.parse().ok());
    let archived: usize = archived.unwrap_or(0);
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    for items in if sizes.is_empty() {
        vec![50, 1_200, 10_000]
    } else {
        sizes
    } {
        let dir = docket("fast");
        if archived > 0 {
            archive(dir.path(), archived);
        }
        let ids = fill(dir.path(), items);
        git(dir.path(), &["gc", "-q"]);
        println!("{items} items, {archived} archived ones, median and p95 in ms");
        build(dir.path(), None);
        reports(dir.path());
        let database = std::env::var("DOCKET_DATABASE_URL").ok();
        if database.is_some() {
            build(dir.path(), database.as_deref());
        }
        // The questions look at the lowest level.
        if items > LEVELS * BATCH {
            ask(dir.path(), &ids, None);
            if database.is_some() {
                ask(dir.path(), &ids, database.as_deref());
            }
        }
    }
}

/// Opens it with a database, or without one.
fn open_with(dir: &Path, database: Option<&str>) -> Context {
    let settings = Settings {
        dir: dir.to_owned(),
        database: database.map(|url| (url.to_owned(), "DOCKET_DATABASE_URL")),
        ..Settings::default()
    };
    Context::open(&settings).unwrap()
}

fn build(dir: &Path, database: Option<&str>) {
    let steps = Arc::new(Steps::default());
    let context = open_with(dir, database).watched_by(Arc::clone(&steps) as Arc<dyn Progress + Send + Sync>);
    let start = Instant::now();
    match database {
        None => ops::rebuild_index(&context).unwrap(),
        Some(_) => {
            println!("  in the database:");
            ops::sync_index(&context).unwrap();
            ops::index_status(&context).unwrap()
        }
    };
    println!("  {:<44} {:>9.1}", "built anew", start.elapsed().as_secs_f64() * 1000.0);
    let end = Instant::now();
    let steps = steps.0.lock().unwrap();
    let ends = steps.iter().skip(1).map(|step| step.1).chain([end]);
    for ((what, begin), end) in steps.iter().zip(ends) {
        println!(
            "  built anew: {what:<32} {:>9.1}",
            (end - *begin).as_secs_f64() * 1000.0
        );
    }
}

fn reports(dir: &Path) {
    let context = open(dir);
    measure("the project's status as a report", 40, |_| {
        ops::render(&context, &RenderRequest::default()).unwrap()
    });
    measure("a board", 40, |_| {
        let request = RenderRequest {
            name: Some("board".to_owned()),
            ..RenderRequest::default()
        };
        ops::render(&context, &request).unwrap()
    });
}

fn ask(dir: &Path, ids: &[String], database: Option<&str>) {
    println!("  {}", if database.is_some() { "Postgres" } else { "SQLite" });
    let context = open_with(dir, database);
    let mut index = match database {
        None => Index::open(&dir.join(".git/docket/index.sqlite")).unwrap(),
        Some(url) => {
            let mut database = Database::parse(url).unwrap();
            let settings = ops::configuration(&context).unwrap();
            database.repository = settings.values["repository"].as_str().map(str::to_owned);
            Index::connect(&database, Tables::AsTheyAre).unwrap()
        }
    };
    index.begin().unwrap();
    measure("an item by its id, from the index alone", TIMES, |time| {
        let path = RecordPath::own(Kind::WorkItem, deep(ids, time).parse().unwrap()).unwrap();
        index.row(&path).unwrap().unwrap()
    });
    measure("a vendor by its name, from the index alone", TIMES, |time| match index
        .find(&format!("vendor {}", time % 45))
        .unwrap()
    {
        Found::One(path) => index.row(&path).unwrap().unwrap(),
        Found::NoneOrSeveral => panic!("one"),
    });
    index.close();
    measure("a vendor by its name", TIMES, |time| {
        ops::show(&context, &format!("vendor {}", time % 45), None, None).unwrap()
    });
    measure("an item, its hierarchy and dependencies", TIMES, |time| {
        ops::show(&context, deep(ids, time), None, None).unwrap()
    });
    let source = ops::list(&context, &page(1)).unwrap().meta.data_source;
    assert_eq!(source, if database.is_some() { "postgres" } else { "sqlite" });
    lists(&context);
    measure("the log of an item", TIMES, |time| {
        let request = ops::LogRequest {
            id: Some(ids[time * 7_919 % ids.len()].clone()),
            ..ops::LogRequest::default()
        };
        ops::log(&context, &request).unwrap()
    });
    let past = ListRequest {
        as_of: Some(format!("tracking~{CHANGES}")),
        ..page(50)
    };
    measure("a list as of 1,000 commits ago", 20, |_| {
        ops::list(&context, &past).unwrap()
    });
    write(&context, ids, source);
}

/// Items by all that lists and searches can ask for.
fn lists(context: &Context) {
    measure("a list of 50", TIMES, |_| ops::list(context, &page(50)).unwrap());
    measure("a list of 50 by label and status", TIMES, |time| {
        let filter = WorkItemFilter {
            labels: vec![WORDS[time % WORDS.len()].to_owned()],
            statuses: vec![Status::Pending],
            ..WorkItemFilter::default()
        };
        ops::list(context, &ListRequest { filter, ..page(50) }).unwrap()
    });
    measure("a list of 50 by type and status", TIMES, |_| {
        let filter = WorkItemFilter {
            item_types: vec![ItemType::Task],
            statuses: vec![Status::Pending],
            ..WorkItemFilter::default()
        };
        ops::list(context, &ListRequest { filter, ..page(50) }).unwrap()
    });
    measure("what is ready", TIMES, |_| ops::ready(context, &page(50)).unwrap());
    measure("a search", TIMES, |time| {
        let text = format!("{} {}", WORDS[time % WORDS.len()], WORDS[time / 7 % WORDS.len()]);
        let filter = WorkItemFilter {
            text: Terms::of(&text),
            ..WorkItemFilter::default()
        };
        ops::search(context, &ListRequest { filter, ..page(20) }).unwrap()
    });
    measure("a search for what few have", TIMES, |time| {
        let filter = WorkItemFilter {
            text: Terms::of(&format!("item {}", 1_000 + time)),
            ..WorkItemFilter::default()
        };
        ops::search(context, &ListRequest { filter, ..page(20) }).unwrap()
    });
}

/// So many of all items.
fn page(limit: usize) -> ListRequest {
    ListRequest {
        limit: Some(limit),
        ..ListRequest::default()
    }
}

/// An item of the last level of the hierarchy, the deepest.
fn deep(ids: &[String], time: usize) -> &String {
    &ids[(LEVELS - 1) * BATCH + time * 37 % (ids.len() - (LEVELS - 1) * BATCH)]
}

/// What changes the docket, and reading right after.
fn write(context: &Context, ids: &[String], source: &str) {
    let page = page(1);
    let mut forward = Vec::new();
    measure("a change, the index far behind or not", 100, |time| {
        let request = UpdateRequest {
            id: deep(ids, time).clone(),
            title: Some(format!("Changed again {time}, {source}")),
            ..UpdateRequest::default()
        };
        ops::update(context, &request).unwrap();
        let start = Instant::now();
        ops::list(context, &page).unwrap();
        forward.push(start.elapsed().as_secs_f64() * 1000.0);
    });
    measure("a list of 1", 100, |_| ops::list(context, &page).unwrap());
    forward.sort_by(f64::total_cmp);
    println!(
        "  {:<44} {:>9.3} {:>9.3}",
        "a list of 1, one commit forward", forward[50], forward[95]
    );
    measure("what comes next is claimed", 50, |_| {
        let request = ops::ClaimRequest::default();
        ops::claim(context, &request).unwrap()
    });
}
