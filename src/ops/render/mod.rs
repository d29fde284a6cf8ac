//! Reports: what each shows of the records at one commit, by the templates of that commit.
//!
//! The same commit makes the same bytes everywhere: no clock is asked, nothing depends on a time zone or on who asks.

mod board;
mod file;
mod graph;
mod happened;
mod keep;
mod lines;
mod project_status;
mod records;

use serde::Serialize;

pub use self::file::{CheckResponse, check_report, report_path, write_report};
use super::history::Moment;
use super::read::{Listed, Meta, Reading};
use super::records::{Answer, Records};
use super::{Context, Error, ErrorKind};
use crate::record::path::ROOT;
use crate::record::{Kind, limits};
pub use crate::render::serve as serve_template;
use crate::render::{
    self, Board, Changelog, DependencyGraph, DeploymentReport, ProjectStatus, REPORTS, Standup, Template, Templates,
    VendorReport, WorkItemReport,
};
use crate::store::CommitId;

/// The report where none is named.
const DEFAULT: &str = "project_status";

/// The report that can be drawn in two languages.
const GRAPH: &str = "dependency_graph";

/// Where a team keeps its templates.
const DIRECTORY: &str = "templates";

/// What to render.
#[derive(Clone, Debug, Default)]
pub struct RenderRequest {
    /// The report, or a template of the team; the project's status where nothing is said.
    pub name: Option<String>,
    /// The record it is about, by any of its names, where it is about one.
    pub id: Option<String>,
    /// What it begins after: a commit or a time.
    pub since: Option<String>,
    /// What it ends with: a commit or a time.
    pub until: Option<String>,
    /// As of this commit, or the newest one not after this time.
    pub as_of: Option<String>,
    /// The dependency graph in the language of Graphviz.
    pub dot: bool,
}

/// A report.
#[derive(Clone, Debug, Serialize)]
pub struct RenderResponse {
    /// Its name.
    pub report: String,
    /// The template that made it.
    pub template: String,
    /// What the template saw.
    #[serde(flatten)]
    pub view: View,
    /// The report itself.
    #[serde(skip)]
    pub text: String,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// What a template sees.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum View {
    /// Of `project_status`, and of templates with a name of their own.
    ProjectStatus(Box<ProjectStatus>),
    /// Of `work_item`.
    WorkItem(Box<WorkItemReport>),
    /// Of `vendor`.
    Vendor(Box<VendorReport>),
    /// Of `deployment`.
    Deployment(Box<DeploymentReport>),
    /// Of `changelog`.
    Changelog(Changelog),
    /// Of `board`.
    Board(Board),
    /// Of `standup`.
    Standup(Standup),
    /// Of `dependency_graph`.
    Graph(DependencyGraph),
}

/// A report that can be rendered.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// The file of its template where the team has one of its own; null where it is ours.
    pub template: Option<String>,
}

/// The reports there are: ours, then those the team has added.
pub type ReportsResponse = Listed<Report>;

/// Renders a report.
///
/// # Errors
///
/// `not_found` where there is no such report or record; `invalid` where the template or the request is wrong.
pub fn render(context: &Context, request: &RenderRequest) -> Result<RenderResponse, Error> {
    let mut reading = reading(context, request.as_of.as_deref())?;
    let templates = templates(&mut reading)?;
    let name = request.name.as_deref().unwrap_or(DEFAULT);
    let is_ours = REPORTS.iter().any(|(report, _)| *report == name);
    let is_own = templates.own().any(|own| own.name == name);
    if !is_ours && !is_own {
        return Err(
            Error::not_found(format!("there is no report `{}`", name.escape_debug())).hint("git docket render --list"),
        );
    }
    check(name, request)?;
    let (view, mut meta) = view(context, &reading, name, request)?;
    meta.warnings.splice(0..0, reading.warnings.iter().cloned());
    let file = match request.dot {
        true => format!("{name}_dot"),
        false => name.to_owned(),
    };
    let text = templates.render(&file, &view, &meta.revision, context.program.as_deref())?;
    let own = templates.own().find(|own| own.name == file);
    Ok(RenderResponse {
        report: name.to_owned(),
        template: own.map_or_else(|| format!("templates/{file}.j2"), |own| own.path.clone()),
        view,
        text,
        meta,
    })
}

/// Tells which reports there are.
pub fn reports(context: &Context, as_of: Option<&str>) -> Result<ReportsResponse, Error> {
    let mut reading = reading(context, as_of)?;
    let templates = templates(&mut reading)?;
    let path = |name: &str| templates.own().find(|own| own.name == name).map(|own| own.path.clone());
    let ours = REPORTS.iter().map(|(name, about)| Report {
        name: (*name).to_owned(),
        about: (*about).to_owned(),
        template: path(name),
    });
    let added = templates
        .own()
        .filter(|own| !Templates::with(Vec::new()).has(&own.name));
    let added = added.map(|own| Report {
        name: own.name.clone(),
        about: "the team's own, from what project_status shows".to_owned(),
        template: Some(own.path.clone()),
    });
    let reports = ours.chain(added).collect();
    Ok(Listed::all(reports, reading.meta()))
}

/// The names of the reports that need no template of the team.
pub fn report_names() -> impl Iterator<Item = &'static str> {
    REPORTS.iter().map(|(name, _)| *name)
}

/// Refuses what a report does not know.
fn check(name: &str, request: &RenderRequest) -> Result<(), Error> {
    let about_one = matches!(name, "work_item" | "vendor" | "deployment");
    match (about_one, &request.id) {
        (true, None) => return Err(Error::request(format!("{name} is about one record: name it"))),
        (false, Some(_)) => return Err(Error::request(format!("{name} is not about one record"))),
        _ => {}
    }
    if request.dot && name != GRAPH {
        return Err(Error::request(format!("only {GRAPH} can be drawn so")));
    }
    let between = matches!(name, "changelog" | "standup");
    if !between && (request.since.is_some() || request.until.is_some()) {
        return Err(Error::request(format!("{name} shows one moment; --as-of names it")));
    }
    Ok(())
}

fn reading(context: &Context, as_of: Option<&str>) -> Result<Reading, Error> {
    match context.as_of(as_of)? {
        Some(commit) => context.read_at(commit, Vec::new()),
        None => context.read(),
    }
}

/// Our templates and those the team has at this commit; a warning names one that cannot be read.
fn templates(reading: &mut Reading) -> Result<Templates, Error> {
    let mut own = Vec::new();
    for entry in reading.snapshot.entries(&format!("{ROOT}/{DIRECTORY}"))? {
        let Ok(path) = std::str::from_utf8(&entry.path) else {
            continue;
        };
        let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
        let is_word = |name: &&str| {
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        };
        let name = file.strip_suffix(".j2").filter(is_word).filter(|name| !name.is_empty());
        // Below another directory it is somebody's own affair.
        let Some(name) = name.filter(|_| entry.mode.is_file() && path.matches('/').count() == 2) else {
            continue;
        };
        let blob = reading.snapshot.blob(entry.blob, limits::RECORD_BYTES);
        match blob.map(|blob| String::from_utf8(blob.bytes)) {
            Ok(Ok(source)) => own.push(Template {
                name: name.to_owned(),
                path: path.to_owned(),
                source,
            }),
            Ok(Err(_)) => reading.warnings.push(format!("{path} is not UTF-8, so it is not used")),
            Err(error) => reading.warnings.push(format!("{path} is not used: {error}")),
        }
    }
    Ok(Templates::with(own))
}

fn view(context: &Context, reading: &Reading, name: &str, request: &RenderRequest) -> Result<(View, Meta), Error> {
    let commit = reading.commit();
    let id = request.id.as_deref().unwrap_or_default();
    match name {
        "work_item" => ask(context, commit, |records| {
            records::work_item(records, id).map(View::WorkItem)
        }),
        "vendor" => ask(context, commit, |records| {
            records::vendor(records, id).map(View::Vendor)
        }),
        "deployment" => ask(context, commit, |records| {
            records::deployment(records, id).map(View::Deployment)
        }),
        "board" => ask(context, commit, |records| board::board(records).map(View::Board)),
        GRAPH => ask(context, commit, |records| graph::graph(records).map(View::Graph)),
        "changelog" => happened::changelog(context, reading, request),
        "standup" => happened::standup(context, reading, request),
        _ => {
            let now = reading.snapshot.time();
            // Mostly there is none, and git can tell that without asking for each item.
            let conflicts = format!("{ROOT}/{}", Kind::Conflict.directory());
            let conflicts = !reading.snapshot.entries(&conflicts)?.is_empty();
            ask(context, commit, |records| {
                let status = project_status::project_status(records, now, conflicts)?;
                Ok(View::ProjectStatus(Box::new(status)))
            })
        }
    }
}

fn ask(
    context: &Context,
    commit: CommitId,
    question: impl FnMut(&mut dyn Records) -> Answer<View>,
) -> Result<(View, Meta), Error> {
    let kinds = &[
        Kind::WorkItem,
        Kind::Vendor,
        Kind::Enhancement,
        Kind::Deployment,
        Kind::Conflict,
    ];
    context.ask(Some(commit), kinds, question)
}

impl From<render::Error> for Error {
    fn from(error: render::Error) -> Self {
        let message = error.to_string();
        Self::new(ErrorKind::Invalid, message)
            .with("template", error.template)
            .with("line", error.line)
            .with("source_line", error.source_line)
            .with("reason", error.reason)
    }
}

/// A moment a request names, else another one.
fn moment(context: &Context, commit: CommitId, text: Option<&str>, default: Moment) -> Result<Moment, Error> {
    text.map_or(Ok(default), |text| Moment::read(context, commit, text))
}
