//! Single records, and what is around them.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::files::{Unread, list};
use super::row::{AGED, Aged, NODE, Node, ROW, Row, SUMMARY, Summary, aged, nodes, rows, summary};
use super::{Error, Index, column};
use crate::record::value::{Time, folded};
use crate::record::vendor::normalised_name;
use crate::record::{Kind, RecordId, RecordPath};

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
        self.runtime.block_on(find(&mut self.connection, name))
    }

    /// The records that have this alias, exactly so, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn with_alias(&mut self, alias: &str) -> Result<Vec<RecordPath>, Error> {
        let query = sqlx::query("SELECT path FROM alias JOIN record USING (record) WHERE alias = ? ORDER BY path");
        self.paths(query.bind(alias))
    }

    /// The records that have this alias, in the form in which letter case does not matter, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn called(&mut self, folded: &str) -> Result<Vec<RecordPath>, Error> {
        let sql = "SELECT DISTINCT path FROM alias JOIN record USING (record) WHERE folded = ? ORDER BY path";
        self.paths(sqlx::query(sql).bind(folded))
    }

    /// The live work items that say they are done on a branch, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn on_branch(&mut self, branch: &str) -> Result<Vec<RecordPath>, Error> {
        let query = sqlx::query("SELECT path FROM record WHERE branch = ? AND live ORDER BY path");
        self.paths(query.bind(branch))
    }

    /// The live work items that somebody has claimed, whether or not the claim has run out, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn claimed_by(&mut self, actor: &str) -> Result<Vec<RecordPath>, Error> {
        let query = sqlx::query("SELECT path FROM record WHERE claimed_by = ? AND live ORDER BY path");
        self.paths(query.bind(actor))
    }

    /// Aliases that begin so, with what they name: of records that are deleted or of the others, as is asked for; those
    /// that hold nobody up last, then in the order of the aliases.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn aliases(&mut self, beginning: &str, gone: bool, limit: usize) -> Result<Vec<(String, Summary)>, Error> {
        let sql = format!(
            "SELECT {SUMMARY}, alias FROM alias JOIN record USING (record)
             WHERE alias >= ?1 AND alias < ?1 || char(1114111) AND gone = ?2 ORDER BY settled, alias LIMIT ?3"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(beginning).bind(gone);
        let query = query.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection))?;
        rows.iter().map(|row| Ok((column(row, 5)?, summary(row)?))).collect()
    }

    /// The vendors that have this name, as normalised, in the order of their paths: those that are deleted, or the others.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn with_name(&mut self, normalised: &str, gone: bool) -> Result<Vec<RecordPath>, Error> {
        let query = sqlx::query("SELECT path FROM record WHERE name = ? AND gone = ? ORDER BY path");
        self.paths(query.bind(normalised).bind(gone))
    }

    /// The paths of the named records in whose fields one of these identities stands, in their order. Looks at all of
    /// them: for what is asked seldom.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn mentioning(&mut self, targets: &[RecordId]) -> Result<Vec<RecordPath>, Error> {
        let sql = "SELECT DISTINCT path FROM json_each(?1) target
            JOIN content ON instr(content.fields, target.value) > 0 JOIN record USING (record)
            WHERE stigid IS NOT NULL AND id NOT IN (SELECT value FROM json_each(?1)) ORDER BY path";
        let targets = ids(targets);
        self.paths(sqlx::query(sql).bind(targets))
    }

    /// The paths of some work items that are ready and that nobody holds at `now`, the most urgent first.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn ready(&mut self, now: Time, limit: usize, offset: usize) -> Result<Vec<RecordPath>, Error> {
        let sql = "SELECT path FROM record
            WHERE ready AND kind = 'work-item' AND (claimed_by IS NULL OR claimed_until <= ?)
            ORDER BY priority, created_at, id LIMIT ? OFFSET ?";
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let query = sqlx::query(sql).bind(now.as_milliseconds());
        self.paths(query.bind(count(limit)).bind(count(offset)))
    }

    /// The record at a path.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn row(&mut self, path: &RecordPath) -> Result<Option<Row>, Error> {
        let sql = format!("SELECT {ROW} FROM record JOIN content USING (record) WHERE path = ?");
        let rows = self.rows(&sql, &path.to_string())?;
        Ok(rows.into_iter().next())
    }

    /// The notes, commit links and conflicts on these records that still count, in the order of
    /// their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn on(&mut self, owners: &[RecordId], kinds: &[Kind]) -> Result<Vec<Row>, Error> {
        let kinds: Vec<_> = kinds.iter().map(|kind| format!("'{}'", kind.as_str())).collect();
        let sql = format!(
            "SELECT group_concat({ROW}, ',' ORDER BY path) FROM record JOIN content USING (record)
             WHERE owner IN (SELECT value FROM json_each(?)) AND kind IN ({}) AND NOT gone",
            kinds.join(", ")
        );
        self.rows(&sql, &ids(owners))
    }

    /// The chains of parents of these records, each root first; a chain ends where it would come
    /// round again.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn ancestors(&mut self, of: &[RecordId]) -> Result<HashMap<RecordId, Vec<RecordId>>, Error> {
        self.runtime.block_on(ancestors(&mut self.connection, of))
    }

    /// These records in a few words; those that cannot be read are not among them.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn summaries(&mut self, of: &[RecordId]) -> Result<HashMap<RecordId, Summary>, Error> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        let sql =
            format!("SELECT {SUMMARY} FROM record WHERE stigid IS NOT NULL AND id IN (SELECT value FROM json_each(?))");
        let summaries = self.summaries_of(&sql, &ids(of))?;
        Ok(summaries.into_iter().map(|summary| (summary.id, summary)).collect())
    }

    /// The work items directly below a record, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn children(&mut self, of: RecordId) -> Result<Vec<Summary>, Error> {
        let sql = format!("SELECT {SUMMARY} FROM record WHERE parent = ? ORDER BY path");
        self.summaries_of(&sql, &of.to_string())
    }

    /// Work items as nodes of a tree, in no order: one and all below it, or all there are; but for those
    /// that are deleted or archived, where they are not wanted. The one is there whatever became of it.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn tree(&mut self, root: Option<RecordId>, deleted: bool, archived: bool) -> Result<Vec<Node>, Error> {
        self.runtime
            .block_on(tree(&mut self.connection, root, deleted, archived))
    }

    /// The live work items that are neither completed nor cancelled, and all they are below that is not deleted, as
    /// nodes of a tree, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn open_tree(&mut self) -> Result<Vec<Node>, Error> {
        let sql = format!(
            "WITH RECURSIVE open AS (
                SELECT record, parent FROM record WHERE live AND status IN ('pending', 'active', 'blocked')),
            -- Most parents are open, too: only of the others, parents are looked for one by one.
            above (record, parent) AS (
                SELECT record, parent FROM record WHERE id IN (SELECT DISTINCT parent FROM open)
                    AND kind = 'work-item' AND stigid IS NOT NULL AND NOT gone AND record NOT IN (SELECT record FROM open)
                UNION SELECT up.record, up.parent FROM above JOIN record up ON up.id = above.parent
                    WHERE up.kind = 'work-item' AND up.stigid IS NOT NULL AND NOT up.gone)
            SELECT group_concat({NODE}, ',') FROM (SELECT record FROM open UNION SELECT record FROM above)
                JOIN record USING (record)"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql));
        nodes(&self.runtime.block_on(query.fetch_one(&mut self.connection))?)
    }

    /// The work items that are not archived, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn unarchived(&mut self) -> Result<Vec<Aged>, Error> {
        let sql = format!(
            "SELECT group_concat({AGED}, ',') FROM record
             WHERE kind = 'work-item' AND stigid IS NOT NULL AND NOT archived"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql));
        aged(&self.runtime.block_on(query.fetch_one(&mut self.connection))?)
    }

    /// What a record waits for, in the order of its list; and what waits for it, in the order of
    /// the paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn edges(&mut self, of: RecordId) -> Result<(Vec<RecordId>, Vec<RecordId>), Error> {
        self.runtime.block_on(edges(&mut self.connection, of))
    }

    /// The files of these kinds that cannot be read, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn unreadable(&mut self, kinds: &[Kind]) -> Result<Vec<Unread>, Error> {
        self.runtime.block_on(unreadable(&mut self.connection, kinds))
    }

    fn rows(&mut self, sql: &str, bound: &str) -> Result<Vec<Row>, Error> {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bound);
        match self.runtime.block_on(query.fetch_optional(&mut self.connection))? {
            Some(row) => rows(&row),
            None => Ok(Vec::new()),
        }
    }

    fn paths(
        &mut self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<Vec<RecordPath>, Error> {
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection))?;
        rows.iter().map(|row| path(column(row, 0)?)).collect()
    }

    fn summaries_of(&mut self, sql: &str, bound: &str) -> Result<Vec<Summary>, Error> {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bound);
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection))?;
        rows.iter().map(summary).collect()
    }
}

fn ids(ids: &[RecordId]) -> String {
    list(&ids.iter().map(|id| id.to_string()).collect::<Vec<_>>())
}

fn id(text: &str) -> Result<RecordId, Error> {
    text.parse()
        .map_err(|_| Error::Unusable(format!("`{text}` is no identity")))
}

fn path(text: &str) -> Result<RecordPath, Error> {
    RecordPath::of(text).ok_or_else(|| Error::Unusable(format!("`{text}` is no path")))
}

async fn find(connection: &mut SqliteConnection, name: &str) -> Result<Found, Error> {
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
    let sql = "SELECT DISTINCT 0 AS rank, path FROM record WHERE id = ?1 AND stigid IS NOT NULL
        UNION SELECT 1, path FROM alias JOIN record USING (record) WHERE alias = ?1
        UNION SELECT 2, path FROM alias JOIN record USING (record) WHERE folded = ?2
        UNION SELECT 2, path FROM record WHERE name = ?6 AND NOT gone
        UNION SELECT 3, path FROM record WHERE ?5 AND stigid IS NOT NULL AND id >= ?3 AND id < ?3 || 'g'
        UNION SELECT 3, path FROM record WHERE ?5 AND stigid >= ?4 AND stigid < ?4 || 'g'
        ORDER BY rank LIMIT 3";
    let query = sqlx::query(sql)
        .bind(name)
        .bind(folded(name))
        .bind(start)
        .bind(end)
        .bind(is_part)
        .bind(normalised_name(name));
    let rows = query.fetch_all(connection).await?;
    let mut found = rows
        .iter()
        .map(|row| Ok::<_, Error>((column::<i64>(row, 0)?, column::<&str>(row, 1)?)));
    let Some(first) = found.next().transpose()? else {
        return Ok(Found::NoneOrSeveral);
    };
    // The best rank counts; that of an exact alias stands once more among the folded ones.
    if found.next().transpose()?.is_some_and(|next| next.0 == first.0) {
        return Ok(Found::NoneOrSeveral);
    }
    path(first.1).map(Found::One)
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

async fn ancestors(
    connection: &mut SqliteConnection,
    of: &[RecordId],
) -> Result<HashMap<RecordId, Vec<RecordId>>, Error> {
    // The path so far is kept to see where it would come round again.
    let sql = "WITH RECURSIVE chain (start, id, seen) AS (
            SELECT id, parent, '/' || id || '/' FROM record
                WHERE stigid IS NOT NULL AND parent IS NOT NULL AND id IN (SELECT value FROM json_each(?))
            UNION ALL
            SELECT chain.start, record.parent, chain.seen || chain.id || '/' FROM chain
                JOIN record ON record.id = chain.id AND record.stigid IS NOT NULL
                WHERE record.parent IS NOT NULL AND instr(chain.seen, '/' || chain.id || '/') = 0)
        SELECT json_group_array(json_array(start, id) ORDER BY start, length(seen) DESC)
        FROM chain WHERE instr(seen, '/' || id || '/') = 0";
    let all = sqlx::query(sql).bind(ids(of)).fetch_one(connection).await?;
    let all: Vec<(&str, &str)> =
        serde_json::from_str(column(&all, 0)?).map_err(|error| Error::Unusable(error.to_string()))?;
    let mut chains: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    for (start, ancestor) in all {
        chains.entry(id(start)?).or_default().push(id(ancestor)?);
    }
    Ok(chains)
}

async fn tree(
    connection: &mut SqliteConnection,
    root: Option<RecordId>,
    deleted: bool,
    archived: bool,
) -> Result<Vec<Node>, Error> {
    // A union, not a union of all: a chain that comes round again ends there.
    let below = "WITH RECURSIVE below (record, id) AS (
            SELECT record, id FROM record WHERE id = ?3 AND stigid IS NOT NULL AND kind = 'work-item'
            UNION SELECT child.record, child.id FROM below JOIN record child ON child.parent = below.id)
        SELECT record FROM below";
    let of = match root {
        None => "kind = 'work-item'".to_owned(),
        Some(_) => format!("record IN ({below})"),
    };
    let sql = format!(
        "SELECT group_concat({NODE}, ',') FROM record WHERE {of} AND (id = ?3 OR (?1 OR NOT gone) AND (?2 OR NOT archived))"
    );
    let root = root.map(|root| root.to_string());
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(deleted)
        .bind(archived)
        .bind(root);
    nodes(&query.fetch_one(connection).await?)
}

async fn edges(connection: &mut SqliteConnection, of: RecordId) -> Result<(Vec<RecordId>, Vec<RecordId>), Error> {
    // Paths stand in the order of their kinds.
    let sql = "SELECT * FROM (SELECT 0, target, position, '' FROM edge WHERE source = ?1
            UNION ALL SELECT 1, source, kind <> 'work-item', path FROM edge JOIN record USING (record) WHERE target = ?1)
        ORDER BY 1, 3, 4";
    let rows = sqlx::query(sql).bind(of.to_string()).fetch_all(connection).await?;
    let mut edges = (Vec::new(), Vec::new());
    for row in &rows {
        let end = id(column(row, 1)?)?;
        match column::<i64>(row, 0)? {
            0 => edges.0.push(end),
            _ => edges.1.push(end),
        }
    }
    Ok(edges)
}

async fn unreadable(connection: &mut SqliteConnection, kinds: &[Kind]) -> Result<Vec<Unread>, Error> {
    let sql = "SELECT path, kind, violations FROM unreadable ORDER BY path";
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    let mut found = Vec::new();
    for row in &rows {
        let name: &str = column(row, 1)?;
        let kind = kinds.iter().find(|kind| kind.as_str() == name);
        if let Some(kind) = kind {
            let violations = serde_json::from_str(column(row, 2)?);
            found.push(Unread {
                path: column(row, 0)?,
                kind: *kind,
                violations: violations.map_err(|error| Error::Unusable(error.to_string()))?,
            });
        }
    }
    Ok(found)
}
