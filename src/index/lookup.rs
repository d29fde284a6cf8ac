//! Single records, by what they are called and what became of them.

use super::row::{Aged, Row, StoredAged, StoredRow, StoredSummary, Summary};
use super::statement::{Statement, Value};
use super::{Error, Index, Touched, Unread};
use crate::record::value::{Time, folded};
use crate::record::vendor::normalised_name;
use crate::record::{Kind, RecordId, RecordPath, Violation};

/// What a name was found to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One record.
    One(RecordPath),
    /// None, or several: who asks has to find out more to say something useful.
    NoneOrSeveral,
}

impl Index {
    /// The record a full id, an alias, the name of a vendor, or a unique beginning or end of an id names.
    /// An exact alias wins over one in other letter case and a vendor's name, and these over a part of an id.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn find(&mut self, name: &str) -> Result<Found, Error> {
        let digits = name.to_ascii_lowercase();
        let is_part = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        // Hyphens may be left out, but then all of them.
        let (start, end) = match digits.contains('-') {
            true => (digits.clone(), digits.chars().rev().collect()),
            false => (
                hyphenated(digits.chars(), &[8, 12, 16, 20]),
                hyphenated(digits.chars().rev(), &[12, 16, 20, 24]),
            ),
        };
        let dialect = self.dialect();
        let (here, named) = (dialect.here("record"), dialect.here("alias"));
        let using = dialect.using();
        let mut sql = format!(
            "SELECT {} FROM (
                SELECT 0 AS rank, path FROM record WHERE {here}id = $2 AND stigid IS NOT NULL
                UNION SELECT 1, path FROM alias JOIN record {using} WHERE {named}alias = $2
                UNION SELECT 2, path FROM alias JOIN record {using} WHERE {named}folded = $3
                UNION SELECT 2, path FROM record WHERE {here}name = $4 AND NOT gone",
            dialect.rows("rank, path", "rank")
        );
        if is_part {
            sql.push_str(&format!(
                " UNION SELECT 3, path FROM record WHERE {here}stigid IS NOT NULL AND id >= $5 AND id < $5 || 'g'
                UNION SELECT 3, path FROM record WHERE {here}stigid >= $6 AND stigid < $6 || 'g'"
            ));
        }
        sql.push_str(" ORDER BY rank LIMIT 3) AS found");
        let mut values: Vec<Value> = vec![name.into(), folded(name).into(), normalised_name(name).into()];
        if is_part {
            values.extend([start.into(), end.into()]);
        }
        let found: Vec<(i64, String)> = self.ask(&Statement::with(dialect, sql, values))?;
        // The best rank counts; that of an exact alias stands once more among the folded ones.
        match found.as_slice() {
            [first] => path(&first.1).map(Found::One),
            [first, next, ..] if next.0 != first.0 => path(&first.1).map(Found::One),
            _ => Ok(Found::NoneOrSeveral),
        }
    }

    /// The records that have this alias, exactly so, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn with_alias(&mut self, alias: &str) -> Result<Vec<RecordPath>, Error> {
        let (here, using) = (self.dialect().here("alias"), self.dialect().using());
        self.paths(
            &format!("alias JOIN record {using} WHERE {here}alias = $2"),
            vec![alias.into()],
        )
    }

    /// The records that have this alias, in the form in which letter case does not matter, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn called(&mut self, folded: &str) -> Result<Vec<RecordPath>, Error> {
        let (here, using) = (self.dialect().here("alias"), self.dialect().using());
        let mut paths = self.paths(
            &format!("alias JOIN record {using} WHERE {here}folded = $2"),
            vec![folded.into()],
        )?;
        paths.dedup();
        Ok(paths)
    }

    /// The live work items that say they are done on a branch, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn on_branch(&mut self, branch: &str) -> Result<Vec<RecordPath>, Error> {
        let here = self.dialect().here("record");
        self.paths(&format!("record WHERE {here}branch = $2 AND live"), vec![branch.into()])
    }

    /// The live work items that somebody has claimed, whether or not the claim has run out, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn claimed_by(&mut self, actor: &str) -> Result<Vec<RecordPath>, Error> {
        let here = self.dialect().here("record");
        self.paths(
            &format!("record WHERE {here}claimed_by = $2 AND live"),
            vec![actor.into()],
        )
    }

    /// Aliases that begin so, with what they name: of records that are deleted or of the others, as is asked for; those
    /// that hold nobody up last, then in the order of the aliases.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn aliases(&mut self, beginning: &str, gone: bool, limit: usize) -> Result<Vec<(String, Summary)>, Error> {
        let dialect = self.dialect();
        let (summary, here, using) = (dialect.summary(), dialect.here("alias"), dialect.using());
        let gone = if gone { "gone" } else { "NOT gone" };
        let rows = dialect.rows(
            &format!(
                "alias, {}",
                dialect.array("id, item_type, title, status, settled, gone, archived")
            ),
            "settled, alias",
        );
        let sql = format!(
            "SELECT {rows} FROM (SELECT alias, {summary} FROM alias JOIN record {using}
                WHERE {here}alias >= $2 AND alias < $3 AND {gone} ORDER BY settled, alias LIMIT $4) AS found"
        );
        let end = format!("{beginning}{}", char::MAX);
        let values = vec![beginning.into(), end.into(), count(limit).into()];
        let found: Vec<(String, StoredSummary)> = self.ask(&Statement::with(dialect, sql, values))?;
        Ok(found
            .into_iter()
            .map(|(alias, summary)| (alias, summary.into()))
            .collect())
    }

    /// The vendors that have this name, as normalised, in the order of their paths: those that are deleted, or the others.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn with_name(&mut self, normalised: &str, gone: bool) -> Result<Vec<RecordPath>, Error> {
        let here = self.dialect().here("record");
        let gone = if gone { "gone" } else { "NOT gone" };
        self.paths(
            &format!("record WHERE {here}name = $2 AND {gone}"),
            vec![normalised.into()],
        )
    }

    /// The paths of the named records in whose fields one of these identities stands, in their order. Looks at all of
    /// them: for what is asked seldom.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn mentioning(&mut self, targets: &[RecordId]) -> Result<Vec<RecordPath>, Error> {
        let dialect = self.dialect();
        let (here, using) = (dialect.here("record"), dialect.using());
        let mut paths = self.paths(
            &format!(
                "({}) AS target (value) JOIN content ON {} > 0 JOIN record {using}
                 WHERE {here}stigid IS NOT NULL AND NOT {}",
                dialect.each("$2"),
                dialect.position("CAST(content.fields AS text)", "target.value"),
                dialect.among("id", "$2")
            ),
            vec![ids(targets).into()],
        )?;
        paths.dedup();
        Ok(paths)
    }

    /// The paths of some work items that are ready and that nobody holds at `now`, the most urgent first.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn ready(&mut self, now: Time, limit: usize, offset: usize) -> Result<Vec<RecordPath>, Error> {
        let dialect = self.dialect();
        let order = "priority, created_at NULLS FIRST, id";
        let sql = format!(
            "SELECT {} FROM (SELECT path, priority, created_at, id FROM record
                WHERE {}ready AND kind = 'work-item' AND (claimed_by IS NULL OR claimed_until <= {})
                ORDER BY {order} LIMIT $3 OFFSET $4) AS found",
            dialect.rows("path", order),
            dialect.here("record"),
            dialect.instant("$2")
        );
        let values = vec![now.as_milliseconds().into(), count(limit).into(), count(offset).into()];
        let rows: Vec<(String,)> = self.ask(&Statement::with(dialect, sql, values))?;
        rows.iter().map(|row| path(&row.0)).collect()
    }

    /// The record at a path.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn row(&mut self, path: &RecordPath) -> Result<Option<Row>, Error> {
        let here = self.dialect().here("record");
        let rows = self.rows(&format!("{here}path = $2"), vec![path.to_string().into()])?;
        Ok(rows.into_iter().next())
    }

    /// The work items that are not archived, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn unarchived(&mut self) -> Result<Vec<Aged>, Error> {
        let dialect = self.dialect();
        let sql = format!(
            "SELECT {} FROM record WHERE {}kind = 'work-item' AND stigid IS NOT NULL AND NOT archived",
            dialect.rows(&dialect.aged(), ""),
            dialect.here("record")
        );
        let rows: Vec<StoredAged> = self.ask(&Statement::new(dialect, sql))?;
        Ok(rows.into_iter().map(Aged::from).collect())
    }

    /// The files of these kinds that cannot be read, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn unreadable(&mut self, kinds: &[Kind]) -> Result<Vec<Unread>, Error> {
        let dialect = self.dialect();
        let columns = format!("path, kind, {}", dialect.json("violations"));
        let sql = format!(
            "SELECT {} FROM unreadable WHERE {}TRUE",
            dialect.rows(&columns, "path"),
            dialect.here("unreadable")
        );
        let rows: Vec<(String, String, Vec<Violation>)> = self.ask(&Statement::new(dialect, sql))?;
        let unread = |(path, name, violations): (String, String, _)| {
            let kind = *kinds.iter().find(|kind| kind.as_str() == name)?;
            Some(Unread { path, kind, violations })
        };
        Ok(rows.into_iter().filter_map(unread).collect())
    }

    /// What became of a file up to a commit, which need not be the one the index stands at. None where
    /// the index does not know the commit, or cannot tell what came after it from what came before.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn touched(&mut self, path: &str, oid: &str) -> Result<Option<Touched>, Error> {
        let Some(known) = self.chain_position(oid)? else {
            return Ok(None);
        };
        let dialect = self.dialect();
        let columns = format!("changes, {}, who", dialect.milliseconds("at"));
        let sql = format!(
            "SELECT {} FROM (
                SELECT count(*) OVER () AS changes, at, coalesce(client, author) AS who
                FROM change JOIN commits {} WHERE {}path = $2 AND position <= $3
                ORDER BY position DESC, oid DESC LIMIT 1) AS newest",
            dialect.rows(&columns, ""),
            dialect.numbered(),
            dialect.here("change")
        );
        let values = vec![path.into(), known.into()];
        let newest: Option<(u64, Option<i64>, Option<String>)> =
            self.ask_one(&Statement::with(dialect, sql, values))?;
        Ok(Some(newest.map_or_else(Touched::default, |(version, at, by)| {
            Touched {
                version,
                at: at.and_then(Time::from_milliseconds),
                by,
            }
        })))
    }

    pub(super) fn rows(&mut self, wanted: &str, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        let dialect = self.dialect();
        let sql = format!(
            "SELECT {} FROM record JOIN content {} WHERE {wanted}",
            dialect.whole("path"),
            dialect.using()
        );
        let rows: Vec<StoredRow> = self.ask(&Statement::with(dialect, sql, values))?;
        rows.into_iter().map(|row| Ok(row.row()?.0)).collect()
    }

    fn paths(&mut self, wanted: &str, values: Vec<Value>) -> Result<Vec<RecordPath>, Error> {
        let dialect = self.dialect();
        let sql = format!("SELECT {} FROM {wanted}", dialect.rows("record.path", "record.path"));
        let rows: Vec<(String,)> = self.ask(&Statement::with(dialect, sql, values))?;
        rows.iter().map(|row| path(&row.0)).collect()
    }
}

pub(super) fn ids(ids: &[RecordId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

pub(super) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn path(text: &str) -> Result<RecordPath, Error> {
    RecordPath::of(text).ok_or_else(|| Error::Unusable(format!("`{text}` is no path")))
}

/// The digits with hyphens before those at these places.
fn hyphenated(digits: impl Iterator<Item = char>, places: &[usize]) -> String {
    let mut text = String::new();
    for (at, digit) in digits.enumerate() {
        if places.contains(&at) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}
