//! What may stand for the values of arguments, told by their names in the help: an `ID` is an id in every command.

use std::ffi::OsStr;

use clap::builder::StyledStr;
use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::cli::text::one_line;
use crate::ops::{self, Context, Error, Settings};
use crate::record::Kind;
use crate::record::enhancement::EnhancementStatus;
use crate::record::vendor::VendorStatus;
use crate::record::work_item::{ItemType, Priority, Status};

/// The command whose ids are those of deleted items.
const OF_DELETED: &str = "restore";

/// The command with what may stand for its values, and for those of all below it.
pub(super) fn with_values(command: Command, settings: &Settings) -> Command {
    let kind = match command.get_name() {
        "vendor" => Kind::Vendor,
        "deployment" => Kind::Deployment,
        "enhancement" => Kind::Enhancement,
        _ => Kind::WorkItem,
    };
    of_kind(command, kind, settings)
}

/// The same for a command that is about records of one kind.
fn of_kind(command: Command, kind: Kind, settings: &Settings) -> Command {
    let deleted = command.get_name() == OF_DELETED;
    command
        .mut_args(|argument| match kind {
            Kind::WorkItem => with_value(argument, deleted, settings),
            kind => with_record(argument, kind, settings),
        })
        .mut_subcommands(|command| match kind {
            Kind::WorkItem => with_values(command, settings),
            kind => of_kind(command, kind, settings),
        })
}

/// An argument of a command that is about vendors, deployments or enhancements.
fn with_record(argument: Arg, kind: Kind, settings: &Settings) -> Arg {
    let records = |kind| live(settings.clone(), move |context, word| of_records(context, kind, word));
    match (value_name(&argument).as_str(), argument.get_long()) {
        ("VENDOR", _) => argument.add(records(Kind::Vendor)),
        ("ID", None) => argument.add(records(kind)),
        ("STATUS", _) => argument.add(fixed(match kind {
            Kind::Vendor => VendorStatus::ALL.iter().map(|word| word.as_str()).collect(),
            _ => EnhancementStatus::ALL.iter().map(|word| word.as_str()).collect(),
        })),
        _ => with_value(argument, false, settings),
    }
}

fn value_name(argument: &Arg) -> String {
    let names = argument.get_value_names();
    names
        .and_then(|names| names.first())
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn with_value(argument: Arg, deleted: bool, settings: &Settings) -> Arg {
    let settings = settings.clone();
    match (value_name(&argument).as_str(), argument.get_long()) {
        ("ID", _) => argument.add(live(settings, move |context, word| named(context, word, "", deleted))),
        ("REL=ID", _) => argument.add(live(settings, move |context, word| match word.split_once('=') {
            Some((relation, id)) => named(context, id, &format!("{relation}="), deleted),
            None => Ok(Vec::new()),
        })),
        ("LABEL" | "LABELS", _) => argument.add(live(settings, |context, word| plain(ops::labels(context)?, word))),
        ("NAME", Some("assignee" | "actor")) => {
            argument.add(live(settings, |context, word| plain(ops::assignees(context)?, word)))
        }
        ("STATUS", _) => argument.add(fixed(Status::ALL.iter().map(|word| word.as_str()).collect())),
        ("TYPE", _) => argument.add(fixed(ItemType::ALL.iter().map(|word| word.as_str()).collect())),
        ("PRIORITY", _) => argument.add(fixed(Priority::ALL.iter().map(|word| word.as_str()).collect())),
        ("REPORT", None) => argument.add(live(settings, |context, word| {
            let reports = ops::reports(context, None)?.items.into_iter();
            plain(reports.map(|report| report.name).collect(), word)
        })),
        ("QUERY", _) => argument.add(live(settings, |context, word| {
            let saved = ops::saved_queries(context)?.items.into_iter();
            let fitting = saved.map(|saved| (format!("@{}", saved.name), saved.query));
            let fitting = fitting.filter(|(name, _)| name.starts_with(word));
            let candidate = |(name, query): (String, String)| {
                CompletionCandidate::new(name).help(Some(StyledStr::from(one_line(&query))))
            };
            Ok(fitting.map(candidate).collect())
        })),
        ("KEY", None) => argument.add(fixed(ops::setting_names().collect())),
        ("DIR" | "REPO", _) => argument.value_hint(ValueHint::DirPath),
        ("FILE" | "COMMIT | DIR | -", _) => argument.value_hint(ValueHint::AnyPath),
        _ => argument,
    }
}

/// Asks the docket; what goes wrong is that there is nothing to offer.
fn live(
    settings: Settings,
    ask: impl Fn(&Context, &str) -> Result<Vec<CompletionCandidate>, Error> + Send + Sync + 'static,
) -> ArgValueCompleter {
    ArgValueCompleter::new(move |word: &OsStr| {
        let found = word.to_str().map(|word| ask(&Context::open(&settings)?, word));
        found.and_then(Result::ok).unwrap_or_default()
    })
}

fn fixed(words: Vec<&'static str>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |word: &OsStr| {
        let beginning = word.to_string_lossy();
        let fitting = words.iter().filter(|word| word.starts_with(&*beginning));
        fitting.map(CompletionCandidate::new).collect::<Vec<_>>()
    })
}

fn plain(words: Vec<String>, beginning: &str) -> Result<Vec<CompletionCandidate>, Error> {
    let fitting = words.into_iter().filter(|word| word.starts_with(beginning));
    Ok(fitting.map(CompletionCandidate::new).collect())
}

fn of_records(context: &Context, kind: Kind, beginning: &str) -> Result<Vec<CompletionCandidate>, Error> {
    let names = ops::record_names(context, kind, beginning)?.into_iter();
    let names =
        names.map(|name| CompletionCandidate::new(name.name).help(Some(StyledStr::from(one_line(&name.title)))));
    Ok(names.collect())
}

fn named(context: &Context, beginning: &str, before: &str, deleted: bool) -> Result<Vec<CompletionCandidate>, Error> {
    let names = ops::names(context, beginning, deleted)?;
    let candidate = |name: ops::Name| {
        let title = StyledStr::from(one_line(&name.title));
        CompletionCandidate::new(format!("{before}{}", name.name)).help(Some(title))
    };
    Ok(names.into_iter().map(candidate).collect())
}
