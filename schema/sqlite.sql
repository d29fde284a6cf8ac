-- The embedded index: what the tip of the tracking ref holds, and what its history did.
--
-- Derived from git and disposable. Times are milliseconds since 1970, UTC. A change of this file is a change of
-- FORMAT in src/index/sqlite/open.rs.

-- What the index stands at: `format`, `tip` (rows), `history` (commits), `complete` (0 in a shallow
-- clone); `left_out`.
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

-- A record file that can be read. Narrow, because lists scan it; the content is beside it.
CREATE TABLE record (
    -- Of a live work item below 2^40, of another kind of record below 2^41, of a work item that is deleted or archived
    -- above: what lists show, its content and its labels lie together.
    record INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    -- The identity, and the same from its end for those that people name; null where a kind has none.
    id TEXT,
    stigid TEXT,
    -- The record a note, commit link or conflict is on.
    owner TEXT,
    title TEXT NOT NULL,
    -- A type of work item, or the kind.
    item_type TEXT NOT NULL,
    status TEXT,
    -- Of a work item 0 high, 1 medium, 2 low; of an enhancement 1 to 5.
    priority INTEGER,
    parent TEXT,
    assignee TEXT,
    claimed_by TEXT,
    claimed_until INTEGER,
    created_at INTEGER,
    -- Retracted notes, links that were retracted, conflicts that were resolved, deleted records.
    gone INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    -- Holds nobody up any more.
    settled INTEGER NOT NULL,
    boxes INTEGER NOT NULL,
    boxes_done INTEGER NOT NULL,
    -- What an imported record brought along, valid until its first change here.
    imported INTEGER NOT NULL,
    imported_at INTEGER,
    imported_by TEXT,
    -- A work item that is neither deleted nor archived.
    live INTEGER NOT NULL,
    -- Live, pending or active, and waiting for nothing; claims are not considered.
    ready INTEGER NOT NULL,
    -- From the history; null where it is not complete.
    version INTEGER,
    updated_at INTEGER,
    updated_by TEXT,
    -- The name of a vendor in the form in which it must be unique.
    name TEXT,
    -- When an enhancement should be done; where a deployment went.
    quarter TEXT,
    environment TEXT,
    -- The branch of the code a work item is done on.
    branch TEXT
);
CREATE INDEX record_id ON record (id) WHERE stigid IS NOT NULL;
CREATE INDEX record_stigid ON record (stigid) WHERE stigid IS NOT NULL;
CREATE INDEX record_owner ON record (owner) WHERE owner IS NOT NULL;
CREATE INDEX record_parent ON record (parent) WHERE parent IS NOT NULL;
CREATE INDEX record_below ON record (parent) WHERE live AND parent IS NOT NULL;
CREATE INDEX record_updated ON record (updated_at DESC, id) WHERE live;
CREATE INDEX record_status ON record (status, updated_at DESC, id) WHERE live;
CREATE INDEX record_ready ON record (priority, created_at, id) WHERE ready;
CREATE INDEX record_assignee ON record (assignee, updated_at DESC, id, status, item_type) WHERE live AND assignee IS NOT NULL;
CREATE INDEX record_name ON record (name) WHERE name IS NOT NULL;
CREATE INDEX record_kind ON record (kind, id) WHERE kind <> 'work-item' AND stigid IS NOT NULL;
CREATE INDEX record_expiring ON record (claimed_until) WHERE live AND claimed_until IS NOT NULL;
CREATE INDEX record_waiting ON record (status, updated_at DESC, id) WHERE live AND NOT ready;
CREATE INDEX record_branch ON record (branch) WHERE live AND branch IS NOT NULL;
CREATE INDEX record_holder ON record (claimed_by) WHERE live AND claimed_by IS NOT NULL;
CREATE INDEX record_claimed ON record (claimed_by) WHERE ready AND claimed_by IS NOT NULL;

-- The fields as JSON in the order of the file, the Markdown below them, and the schema of a record
-- that a newer version wrote.
CREATE TABLE content (
    record INTEGER PRIMARY KEY,
    fields TEXT NOT NULL,
    body TEXT NOT NULL,
    newer_schema TEXT
);

-- With what lists by a label ask for besides, so that they need not look at the items.
CREATE TABLE label (
    record INTEGER NOT NULL,
    label TEXT NOT NULL,
    id TEXT NOT NULL,
    item_type TEXT NOT NULL,
    status TEXT NOT NULL,
    updated_at INTEGER,
    PRIMARY KEY (label, record)
) WITHOUT ROWID;
CREATE INDEX label_record ON label (record);
CREATE INDEX label_listed ON label (label, updated_at DESC, id, status, item_type) WHERE record < 1099511627776;

-- Other names, as written and folded.
CREATE TABLE alias (record INTEGER NOT NULL, alias TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (record, alias)) WITHOUT ROWID;
CREATE INDEX alias_alias ON alias (alias);
CREATE INDEX alias_folded ON alias (folded);

-- `source` waits for `target`; the position is that in the list of the source.
CREATE TABLE edge (
    record INTEGER NOT NULL,
    position INTEGER NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (record, position)
) WITHOUT ROWID;
CREATE INDEX edge_source ON edge (source);
CREATE INDEX edge_target ON edge (target);

-- What a deployment touches and carries: vendors and work items.
CREATE TABLE touches (record INTEGER NOT NULL, target TEXT NOT NULL, PRIMARY KEY (record, target)) WITHOUT ROWID;
CREATE INDEX touches_target ON touches (target, record);

-- What work items and commit links carry along that is asked for seldom: each value by the name of its field, as
-- src/filter/query/attribute.rs has it. Times are numbers too.
CREATE TABLE attribute (record INTEGER NOT NULL, name TEXT NOT NULL, text TEXT, number REAL);
CREATE INDEX attribute_record ON attribute (record, name);
CREATE INDEX attribute_name ON attribute (name, text);

-- Files that cannot be read, with the reasons as JSON.
CREATE TABLE unreadable (path TEXT PRIMARY KEY, kind TEXT NOT NULL, violations TEXT NOT NULL) WITHOUT ROWID;

-- Words of live work items and of notes on them, folded and split by us: the tokenizer only cuts at spaces.
CREATE VIRTUAL TABLE words USING fts5 (
    title, other, content = '', contentless_delete = 1, tokenize = 'ascii', detail = full
);

-- The same of other work items and of notes on them.
CREATE VIRTUAL TABLE left_out_words USING fts5 (
    title, other, content = '', contentless_delete = 1, tokenize = 'ascii', detail = full
);

-- The terms in both, each as often as it stands there.
CREATE VIRTUAL TABLE term USING fts5vocab (words, instance);
CREATE VIRTUAL TABLE left_out_term USING fts5vocab (left_out_words, instance);

-- How many live items there are of a type and status, ready ones apart.
CREATE TABLE tally (
    item_type TEXT NOT NULL,
    status TEXT NOT NULL,
    ready INTEGER NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (item_type, status, ready)
) WITHOUT ROWID;
CREATE TRIGGER tally_insert AFTER INSERT ON record WHEN new.live BEGIN
    INSERT INTO tally VALUES (new.item_type, new.status, new.ready, 1)
        ON CONFLICT DO UPDATE SET items = items + 1;
END;
CREATE TRIGGER tally_delete AFTER DELETE ON record WHEN old.live BEGIN
    UPDATE tally SET items = items - 1
        WHERE item_type = old.item_type AND status = old.status AND ready = old.ready;
END;
CREATE TRIGGER tally_ready AFTER UPDATE OF ready ON record WHEN new.live AND new.ready <> old.ready BEGIN
    UPDATE tally SET items = items - 1
        WHERE item_type = old.item_type AND status = old.status AND ready = old.ready;
    INSERT INTO tally VALUES (new.item_type, new.status, new.ready, 1)
        ON CONFLICT DO UPDATE SET items = items + 1;
END;

-- How many work items there are that lists leave out: to count them takes longer than all that lists do.
INSERT INTO meta VALUES ('left_out', 0);
CREATE TRIGGER left_out_insert AFTER INSERT ON record WHEN new.record >= 2199023255552 BEGIN
    UPDATE meta SET value = value + 1 WHERE key = 'left_out';
END;
CREATE TRIGGER left_out_delete AFTER DELETE ON record WHEN old.record >= 2199023255552 BEGIN
    UPDATE meta SET value = value - 1 WHERE key = 'left_out';
END;

-- The commits the tip reaches. `position` is greater than that of every parent and the same in every
-- clone; the newest commit has the greatest (position, oid).
CREATE TABLE commits (
    number INTEGER PRIMARY KEY,
    oid TEXT NOT NULL UNIQUE,
    -- When it was committed; null where git has no date a clock would show.
    at INTEGER,
    position INTEGER NOT NULL,
    author TEXT NOT NULL,
    client TEXT,
    merge INTEGER NOT NULL
);
CREATE INDEX commits_position ON commits (position DESC, oid DESC);

-- What a commit did to a file, where that differs from all of its parents.
CREATE TABLE change (
    number INTEGER NOT NULL,
    path TEXT NOT NULL,
    -- The record it is about: itself, or what a note, link or conflict is on.
    owner TEXT,
    PRIMARY KEY (number, path)
) WITHOUT ROWID;
CREATE INDEX change_path ON change (path);
CREATE INDEX change_owner ON change (owner) WHERE owner IS NOT NULL;

-- The history of a path in short: how many changes, and the newest.
CREATE TABLE touched (
    path TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    oid TEXT NOT NULL
) WITHOUT ROWID;
