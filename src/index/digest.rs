//! One hash of everything the index says, whatever way it came to say it.

use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;

use super::{Error, Index, column};

/// The rows of each table as text, in an order that does not depend on how they got there; numbers
/// that only this file has are replaced by what they stand for.
const ROWS: &[&str] = &[
    "SELECT json_array(key, value) FROM meta ORDER BY key",
    "SELECT json_array(path, kind, id, stigid, owner, title, item_type, status, priority, parent, assignee,
        claimed_by, claimed_until, created_at, gone, archived, settled, boxes, boxes_done, imported, imported_at,
        imported_by, live, ready, version, updated_at, updated_by, name, quarter, environment, branch, fields, body,
        newer_schema)
        FROM record LEFT JOIN content USING (record) ORDER BY path",
    "SELECT json_array(path, label) FROM label JOIN record USING (record) ORDER BY path, label",
    "SELECT json_array(path, alias, folded) FROM alias JOIN record USING (record) ORDER BY path, alias",
    "SELECT json_array(path, position, source, target) FROM edge JOIN record USING (record) ORDER BY path, position",
    "SELECT json_array(path, target) FROM touches JOIN record USING (record) ORDER BY path, target",
    "SELECT json_array(path, kind, violations) FROM unreadable ORDER BY path",
    "SELECT json_array(item_type, status, ready, items) FROM tally WHERE items <> 0 ORDER BY item_type, status, ready",
    "SELECT json_array(oid, at, position, author, client, merge) FROM commits ORDER BY oid",
    "SELECT json_array(oid, path, owner) FROM change JOIN commits USING (number) ORDER BY oid, path",
    "SELECT json_array(touched.path, version, commits.oid) FROM touched JOIN commits USING (number) ORDER BY path",
];

impl Index {
    /// A hash of all rows. Two indexes of the same tip have the same, also where one was brought
    /// forward commit by commit and the other built at once.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn digest(&mut self) -> Result<String, Error> {
        self.runtime.block_on(digest(&mut self.connection))
    }
}

async fn digest(connection: &mut SqliteConnection) -> Result<String, Error> {
    let mut digest = Sha256::new();
    for sql in ROWS {
        for row in &sqlx::query(*sql).fetch_all(&mut *connection).await? {
            digest.update(column::<&str>(row, 0)?);
            digest.update("\n");
        }
        digest.update("\0");
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
