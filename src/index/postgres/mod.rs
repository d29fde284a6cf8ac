//! Postgres, shared by many repositories.
//!
//! Everything happens in transactions that name the schema themselves, so nothing is left behind in a session: a pooler
//! between here and the server may give it to somebody else.

mod connect;
mod copy;
mod files;
mod history;
mod postings;
mod repositories;
mod tables;
mod words;

use std::time::Duration;

use sqlx::PgConnection;
use sqlx::postgres::PgRow;

pub use self::connect::Database;
pub use self::repositories::RepositoryRow;
pub use self::tables::{FORMAT, Tables};
use super::backend::Backend;
use super::statement::{Dialect, Statement, Value};
use super::text::REPOSITORY;
use super::{Commit, Content, Error, State, Unread};

/// How long a question may take, once the server has shown that it is there.
const QUESTION: Duration = Duration::from_secs(5);

/// How long bringing rows in may take at a time.
const WRITE: Duration = Duration::from_secs(600);

/// How long a connection may take to be closed.
const CLOSING: Duration = Duration::from_millis(200);

/// An open connection, for one repository or for all.
pub(super) struct Postgres {
    /// Ended without waiting: looking up a host's name cannot be given up.
    runtime: Option<tokio::runtime::Runtime>,
    connection: Option<PgConnection>,
    database: Database,
    /// The repository, as a UUID in its usual form; none: all of them.
    repository: Option<String>,
    /// Which number it has there, as far as that was read; none has 0.
    number: i64,
    /// What it stood at when writing began.
    stood: Option<State>,
    /// How many files came in since.
    added: usize,
    failed: bool,
}

impl Backend for Postgres {
    fn dialect(&self) -> Dialect {
        match self.repository {
            Some(_) => Dialect::Postgres,
            None => Dialect::Everywhere,
        }
    }

    fn fetch(&mut self, statement: &Statement) -> Result<Option<String>, Error> {
        let (repository, number) = (self.repository.clone(), self.number.to_string());
        self.within(QUESTION, async |connection| {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(statement.sql.as_str())).bind(repository);
            for value in statement.values.iter().skip(1) {
                query = match value {
                    Value::Text(text) => query.bind(text),
                    Value::Integer(number) => query.bind(number),
                    Value::Real(number) => query.bind(number),
                    Value::Texts(texts) => query.bind(texts),
                    Value::Lexemes(words) => query.bind(words.replace(REPOSITORY, &number)),
                    Value::Null => query.bind(None::<String>),
                };
            }
            let query = query.persistent(!statement.varies);
            match query.fetch_optional(connection).await? {
                Some(row) => column(&row, 0),
                None => Ok(None),
            }
        })
    }

    fn begin(&mut self) -> Result<State, Error> {
        // Of tables that hold the rows of many, none is read whole; what is asked for often is in memory; to compile a
        // question takes longer than to answer it; and another index answers sooner than a lock is given back.
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL enable_seqscan = off; \
             SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off; SET LOCAL lock_timeout = 500";
        let repository = self.repository.clone();
        let state = self.within(self.database.timeout, async |connection| {
            connect::state(connection, BEGIN, repository.as_deref()).await
        });
        self.stands(state)
    }

    fn state(&mut self) -> Result<State, Error> {
        let repository = self.repository.clone();
        let state = self.within(QUESTION, async |connection| {
            connect::state(connection, "", repository.as_deref()).await
        })?;
        Ok(state.0)
    }

    fn begin_writing(&mut self, wait: bool) -> Result<State, Error> {
        let repository = self.own()?.to_owned();
        let wait = if wait { self.database.patience } else { Duration::ZERO };
        let name = (self.database.name.clone(), self.database.reference.clone());
        let state = self.within(wait + self.database.timeout, async |connection| {
            connect::begin_writing(connection, &repository, (&name.0, &name.1), wait).await
        });
        self.added = 0;
        let state = self.abandoned_if_failed(state)?;
        self.stood = Some(state.clone());
        Ok(state)
    }

    fn end(&mut self) -> Result<(), Error> {
        let ended = self.within(WRITE, async |connection| {
            sqlx::raw_sql("COMMIT").execute(connection).await?;
            Ok(())
        });
        // What was said of a table of twelve rows is not true of one with ten thousand.
        if ended.is_ok() && std::mem::take(&mut self.added) >= tables::MANY {
            let analysed = self.within(WRITE, async |connection| tables::analyse(connection).await);
            // Somebody else may own the tables; the server looks at them by itself some time later.
            drop(analysed);
        }
        ended
    }

    fn abandon(&mut self) {
        let rolled_back = self.within(self.database.timeout, async |connection| {
            sqlx::raw_sql("ROLLBACK").execute(connection).await?;
            Ok(())
        });
        // A server that is gone has rolled back.
        drop(rolled_back);
    }

    fn clear(&mut self) -> Result<(), Error> {
        self.writing(async |connection, repository| files::clear(connection, repository).await)?;
        self.stood = self.stood.take().map(|stood| State { tip: None, ..stood });
        Ok(())
    }

    fn remove(&mut self, paths: &[String]) -> Result<(), Error> {
        self.writing(async |connection, repository| files::remove(connection, repository, paths).await)
    }

    fn add(&mut self, files: &[Content], unread: &[Unread]) -> Result<(), Error> {
        self.added += files.len();
        self.writing(async |connection, repository| files::add(connection, repository, files, unread).await)
    }

    fn settle(&mut self, tip: &str, changed: Option<&[String]>) -> Result<(), Error> {
        let stood = self.stood.as_ref().and_then(|state| state.tip.clone());
        self.writing(async |connection, repository| {
            files::settle(connection, repository, changed).await?;
            postings::gather(connection, repository).await?;
            connect::move_tip(connection, repository, stood.as_deref(), tip).await
        })
    }

    fn clear_history(&mut self) -> Result<(), Error> {
        self.writing(async |connection, repository| history::clear(connection, repository).await)
    }

    fn add_commits(&mut self, commits: &[Commit]) -> Result<(), Error> {
        self.writing(async |connection, repository| history::add(connection, repository, commits).await)
    }

    fn settle_history(&mut self, tip: &str, complete: bool, touched: Option<&[String]>) -> Result<(), Error> {
        self.writing(async |connection, repository| {
            history::settle(connection, repository, tip, complete, touched).await
        })
    }

    fn forget_after(&mut self, _: &str, _: i64) -> Result<Vec<String>, Error> {
        // Others ask it all the while; of the past, the index beside the repository is asked.
        Err(Error::Moved)
    }

    fn date(&mut self, paths: &[String]) -> Result<(), Error> {
        self.writing(async |connection, repository| files::dated(connection, repository, Some(paths)).await)
    }

    fn is_current(&self) -> bool {
        !self.failed
    }

    fn size(&mut self) -> u64 {
        let size = self.within(QUESTION, async |connection| tables::size(connection).await);
        size.unwrap_or(0)
    }

    fn close(mut self: Box<Self>) {
        use sqlx::Connection as _;
        if let (Some(runtime), Some(connection)) = (&self.runtime, self.connection.take()) {
            // The server tidies up by itself.
            drop(runtime.block_on(async { tokio::time::timeout(CLOSING, connection.close()).await }));
        }
    }

    fn leave(self: Box<Self>) {
        self.close();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.connection.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Postgres {
    /// The repository whose rows are written.
    fn own(&self) -> Result<&str, Error> {
        let message = "no repository was named whose rows are to be written";
        self.repository
            .as_deref()
            .ok_or_else(|| Error::Unusable(message.to_owned()))
    }

    /// Does something with the connection, within a time. After a failure of the connection it is not used again.
    fn within<T>(
        &mut self,
        patience: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (Some(runtime), Some(connection), false) = (&self.runtime, &mut self.connection, self.failed) else {
            return Err(Error::Unreachable("the connection was lost".to_owned()));
        };
        let done = runtime.block_on(async { tokio::time::timeout(patience, work(connection)).await });
        let done = done.unwrap_or(Err(Error::TimedOut(patience)));
        self.failed = matches!(done, Err(Error::TimedOut(_) | Error::Unreachable(_)));
        done.map_err(|error| self.database.discreet(error))
    }

    fn writing<T>(&mut self, work: impl AsyncFnOnce(&mut PgConnection, &str) -> Result<T, Error>) -> Result<T, Error> {
        let repository = self.own()?.to_owned();
        self.within(WRITE, async |connection| work(connection, &repository).await)
    }

    /// Keeps the number of the repository.
    fn stands(&mut self, begun: Result<(State, Option<i64>), Error>) -> Result<State, Error> {
        let (state, number) = self.abandoned_if_failed(begun)?;
        self.number = number.unwrap_or_default();
        Ok(state)
    }

    /// A transaction that failed takes nothing more until it is rolled back.
    fn abandoned_if_failed<T>(&mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        if outcome.is_err() {
            self.abandon();
        }
        outcome
    }
}

/// A column of a row, by its place.
fn column<'r, T>(row: &'r PgRow, at: usize) -> Result<T, Error>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    use sqlx::Row as _;
    Ok(row.try_get(at)?)
}
