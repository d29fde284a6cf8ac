//! `git docket index`

use clap::{Args, Subcommand};

use super::output::{DIM, Output};
use super::text::{counted, grouped};
use super::{Outcome, open};
use crate::ops::{self, IndexStanding, Settings, SyncedIndexResponse};

/// Look after the indexes
///
/// The index makes reading fast. It is derived from git, kept in the repository's common directory, brought up to date
/// by every command that reads, and can be deleted at any time. A team may have one in Postgres, for many repositories:
/// `DOCKET_DATABASE_URL` or the setting docket.databaseUrl names it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket index status
  git docket index rebuild
  git docket config set docket.databaseUrl postgres://db.example.com/docket
  git docket index sync                       bring the database to what is published
  DOCKET_INDEX=off git docket list            read from git itself")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what the indexes stand at
    #[command(after_help = "Examples:\n  git docket index status\n  git docket index status --json")]
    Status {
        #[command(flatten)]
        database: DatabaseArgument,
    },
    /// Bring the index in the database to what is published; without a database, that of this clone to the tip
    ///
    /// Published is what the remote's branch was when it was last fetched or pushed to, or the branch itself where there
    /// is no remote. The first time, the tables are made. Where the branch was rewound or rewritten, what the database
    /// holds of this repository is built anew, and that is said.
    #[command(
        after_help = "Examples:\n  git docket index sync\n  git docket index sync --database postgres://db.example.com/docket"
    )]
    Sync {
        #[command(flatten)]
        database: DatabaseArgument,
    },
    /// Read everything anew from git
    #[command(
        after_help = "Examples:\n  git docket index rebuild\n  git docket index rebuild --database         what the configured database holds of this repository"
    )]
    Rebuild {
        #[command(flatten)]
        database: DatabaseArgument,
    },
}

#[derive(Debug, Args)]
struct DatabaseArgument {
    /// The index in this database; without a URL in the one that is configured
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    database: Option<String>,
}

impl DatabaseArgument {
    /// The settings with the database that is named here.
    fn of(&self, settings: &Settings) -> Settings {
        let named = self.database.clone().filter(|url| !url.is_empty());
        let named = named.map(|url| (url, "--database"));
        Settings {
            database: named.or_else(|| settings.database.clone()),
            ..settings.clone()
        }
    }
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = match &arguments.command {
        Command::Sync { database } => return sync(&open(&database.of(settings), output)?, output),
        Command::Status { database } => ops::index_status(&open(&database.of(settings), output)?)?,
        Command::Rebuild { database } => {
            let context = open(&database.of(settings), output)?;
            match &database.database {
                Some(_) => ops::rebuild_database(&context)?,
                None => ops::rebuild_index(&context)?,
            }
        }
    };
    output.answer(&response, &response.meta.warnings, || {
        let database = response.database.as_ref();
        let database = database.map_or_else(String::new, |database| format!("\n{}", standing(database, "database")));
        standing(&response.standing, "file") + &database
    })
}

fn sync(context: &ops::Context, output: &Output) -> Outcome {
    let response = ops::sync_index(context)?;
    output.answer(&response, &response.meta.warnings, || format!("{}\n", told(&response)))
}

fn told(response: &SyncedIndexResponse) -> String {
    let standing = &response.standing;
    let at = short(standing.tip.as_ref());
    let from = short(response.from.as_ref());
    let place = &standing.place;
    let holds = counted(usize::try_from(standing.records).unwrap_or(usize::MAX), "record");
    match response.synced {
        "nothing" => format!("{place} stands at {at} already"),
        "forward" => format!("{place}: {from} -> {at}, {holds}"),
        "rebuilt" => {
            format!("{place}: built anew at {at}, {holds}; it stood at {from}, which {at} does not go on from")
        }
        _ => format!("{place}: built at {at}, {holds}"),
    }
}

fn short(commit: Option<&String>) -> String {
    let short = |commit: &String| commit.chars().take(10).collect();
    commit.map_or("nothing".to_owned(), short)
}

fn standing(standing: &IndexStanding, place: &'static str) -> String {
    let lag = match standing.lag {
        Some(0) => String::new(),
        Some(lag) => format!(", {} behind", counted(lag, "commit")),
        None if standing.state == "elsewhere" => ", a commit that what it follows does not reach".to_owned(),
        None => String::new(),
    };
    let reason = standing
        .reason
        .as_ref()
        .map_or(String::new(), |reason| format!(": {reason}"));
    let mut rows = vec![
        ("state", format!("{}{reason}", standing.state)),
        (place, standing.place.clone()),
    ];
    if standing.tip.is_some() {
        let number = |number: u64| grouped(usize::try_from(number).unwrap_or(usize::MAX));
        rows.extend([
            ("records at", short(standing.tip.as_ref())),
            ("history at", format!("{}{lag}", short(standing.history.as_ref()))),
            ("records", number(standing.records)),
            ("commits", number(standing.commits)),
            ("size", format!("{:.1} MB", standing.size as f64 / 1e6)),
        ]);
    }
    rows.iter()
        .map(|(name, value)| format!("{DIM}{name:<12}{DIM:#}{value}\n"))
        .collect()
}
