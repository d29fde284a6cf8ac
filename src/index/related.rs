//! What is around a record: what it is below and what is below it, what it waits for, what is on it.

use std::collections::HashMap;

use super::lookup::ids;
use super::numbers::FIRST_OTHER;
use super::row::{Node, Row, StoredNode, StoredSummary, Summary};
use super::statement::{Dialect, Statement, Value};
use super::{Error, Index};
use crate::record::{Kind, RecordId};

impl Index {
    /// The notes, commit links and conflicts on these records that still count, in the order of
    /// their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn on(&mut self, owners: &[RecordId], kinds: &[Kind]) -> Result<Vec<Row>, Error> {
        let dialect = self.dialect();
        let kinds: Vec<_> = kinds.iter().map(|kind| format!("'{}'", kind.as_str())).collect();
        self.rows(
            &format!(
                "{}{} AND kind IN ({}) AND NOT gone",
                dialect.here("record"),
                dialect.among("owner", "$2"),
                kinds.join(", ")
            ),
            vec![ids(owners).into()],
        )
    }

    /// The chains of parents of these records, each root first; a chain ends where it would come
    /// round again.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn ancestors(&mut self, of: &[RecordId]) -> Result<HashMap<RecordId, Vec<RecordId>>, Error> {
        let dialect = self.dialect();
        let here = dialect.here("record");
        // The path so far is kept to see where it would come round again.
        let sql = format!(
            "WITH RECURSIVE chain (start, id, seen) AS (
                SELECT id, parent, '/' || id || '/' FROM record
                    WHERE {here}stigid IS NOT NULL AND parent IS NOT NULL AND {}
                UNION ALL
                SELECT chain.start, record.parent, chain.seen || chain.id || '/' FROM chain
                    JOIN record ON record.id = chain.id AND record.stigid IS NOT NULL
                    WHERE {here}record.parent IS NOT NULL AND {} = 0)
            SELECT {} FROM chain WHERE {} = 0",
            dialect.among("id", "$2"),
            dialect.position("chain.seen", "'/' || chain.id || '/'"),
            dialect.rows("start, id", "start, length(seen) DESC"),
            dialect.position("seen", "'/' || id || '/'"),
        );
        let all: Vec<(RecordId, RecordId)> = self.ask(&Statement::with(dialect, sql, vec![ids(of).into()]))?;
        let mut chains: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
        for (start, ancestor) in all {
            chains.entry(start).or_default().push(ancestor);
        }
        Ok(chains)
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
        let wanted = format!("stigid IS NOT NULL AND {}", self.dialect().among("id", "$2"));
        let summaries = self.summaries_of(&wanted, ids(of).into())?;
        Ok(summaries.into_iter().map(|summary| (summary.id, summary)).collect())
    }

    /// The work items directly below a record, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn children(&mut self, of: RecordId) -> Result<Vec<Summary>, Error> {
        self.summaries_of("parent = $2", of.to_string().into())
    }

    /// Work items as nodes of a tree, in no order: one and all below it, or all there are; but for those
    /// that are deleted or archived, where they are not wanted. The one is there whatever became of it.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn tree(&mut self, root: Option<RecordId>, deleted: bool, archived: bool) -> Result<Vec<Node>, Error> {
        let dialect = self.dialect();
        let here = dialect.here("record");
        let shown = match (deleted, archived) {
            (true, true) => "TRUE",
            (true, false) => "NOT archived",
            (false, true) => "NOT gone",
            (false, false) => "live",
        };
        let Some(root) = root else {
            // SQLite would read those that are left out, too.
            let among = match dialect {
                Dialect::Sqlite if !deleted && !archived => format!(" AND record.record < {FIRST_OTHER}"),
                _ => String::new(),
            };
            return self.nodes(&format!("{here}kind = 'work-item' AND {shown}{among}"), Vec::new());
        };
        // A union, not a union of all: a chain that comes round again ends there.
        let below = format!(
            "record.record IN (
                WITH RECURSIVE below (record, id) AS (
                    SELECT record, id FROM record WHERE {here}id = $2 AND stigid IS NOT NULL AND kind = 'work-item'
                    UNION SELECT record.record, record.id FROM below JOIN record ON record.parent = below.id
                        WHERE {here}TRUE)
                SELECT below.record FROM below)"
        );
        self.nodes(
            &format!("{here}{below} AND (id = $2 OR {shown})"),
            vec![root.to_string().into()],
        )
    }

    /// The live work items that are neither completed nor cancelled, and all they are below that is not deleted, as
    /// nodes of a tree, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn open_tree(&mut self) -> Result<Vec<Node>, Error> {
        let dialect = self.dialect();
        let here = dialect.here("record");
        let open = format!(
            "{here}record.record IN (
                WITH RECURSIVE open AS (
                    SELECT record.record, parent FROM record
                        WHERE {here}live AND status IN ('pending', 'active', 'blocked')),
                -- Most parents are open, too: only of the others, parents are looked for one by one.
                above (record, parent) AS (
                    SELECT record.record, record.parent FROM record
                        WHERE {here}id IN (SELECT DISTINCT parent FROM open) AND kind = 'work-item'
                            AND stigid IS NOT NULL AND NOT gone AND record.record NOT IN (SELECT record FROM open)
                    UNION SELECT record.record, record.parent FROM above JOIN record ON record.id = above.parent
                        WHERE {here}record.kind = 'work-item' AND record.stigid IS NOT NULL AND NOT record.gone)
                SELECT record FROM open UNION SELECT record FROM above)"
        );
        self.nodes(&open, Vec::new())
    }

    /// What a record waits for, in the order of its list; and what waits for it, in the order of
    /// the paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn edges(&mut self, of: RecordId) -> Result<(Vec<RecordId>, Vec<RecordId>), Error> {
        let dialect = self.dialect();
        let here = dialect.here("edge");
        // Paths stand in the order of their kinds, but that work items come first.
        let sql = format!(
            "SELECT {} FROM (
                SELECT 0 AS side, target AS of, position AS place, '' AS path FROM edge WHERE {here}source = $2
                UNION ALL SELECT 1, source, CASE WHEN kind = 'work-item' THEN 0 ELSE 1 END, path
                    FROM edge JOIN record {} WHERE {here}target = $2) AS ends",
            dialect.rows("side, of", "side, place, path"),
            dialect.using(),
        );
        let all: Vec<(u8, RecordId)> = self.ask(&Statement::with(dialect, sql, vec![of.to_string().into()]))?;
        let mut edges = (Vec::new(), Vec::new());
        for (side, end) in all {
            match side {
                0 => edges.0.push(end),
                _ => edges.1.push(end),
            }
        }
        Ok(edges)
    }

    fn summaries_of(&mut self, wanted: &str, value: Value) -> Result<Vec<Summary>, Error> {
        let dialect = self.dialect();
        let sql = format!(
            "SELECT {} FROM record WHERE {}{wanted}",
            dialect.rows(dialect.summary(), "path"),
            dialect.here("record")
        );
        let rows: Vec<StoredSummary> = self.ask(&Statement::with(dialect, sql, vec![value]))?;
        Ok(rows.into_iter().map(Summary::from).collect())
    }

    fn nodes(&mut self, wanted: &str, values: Vec<Value>) -> Result<Vec<Node>, Error> {
        let dialect = self.dialect();
        let sql = format!(
            "SELECT {} FROM record WHERE {wanted}",
            dialect.rows(&dialect.node(), "")
        );
        let rows: Vec<StoredNode> = self.ask(&Statement::with(dialect, sql, values))?;
        Ok(rows.into_iter().map(Node::from).collect())
    }
}
