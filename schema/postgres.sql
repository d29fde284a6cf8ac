-- The index in Postgres: what the published tips of many repositories hold, and what their histories did.
--
-- Derived from git and disposable. docs/database.md tells of each column. Every table begins with the repository, every
-- key and every index too, and no statement joins rows of two repositories: it is the column to shard by. Texts compare
-- by their bytes, as in SQLite. A change of this file is a change of FORMAT in src/index/postgres/connect.rs.

CREATE TABLE IF NOT EXISTS meta (key text PRIMARY KEY, value text NOT NULL);

CREATE TABLE IF NOT EXISTS repository (
    repository uuid PRIMARY KEY,
    -- A short name for it before each of its words.
    number bigint GENERATED ALWAYS AS IDENTITY,
    -- Live items with numbers up to this one are in posting.
    gathered bigint,
    name text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL,
    tip text COLLATE "C",
    history text COLLATE "C",
    complete boolean NOT NULL DEFAULT false,
    synced_at timestamptz
);

CREATE TABLE IF NOT EXISTS record (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    path text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C",
    stigid text COLLATE "C",
    owner text COLLATE "C",
    title text COLLATE "C" NOT NULL,
    item_type text COLLATE "C" NOT NULL,
    status text COLLATE "C",
    priority bigint,
    parent text COLLATE "C",
    assignee text COLLATE "C",
    claimed_by text COLLATE "C",
    claimed_until timestamptz,
    created_at timestamptz,
    gone boolean NOT NULL,
    archived boolean NOT NULL,
    settled boolean NOT NULL,
    boxes bigint NOT NULL,
    boxes_done bigint NOT NULL,
    imported boolean NOT NULL,
    imported_at timestamptz,
    imported_by text COLLATE "C",
    live boolean NOT NULL,
    ready boolean NOT NULL DEFAULT false,
    version bigint,
    updated_at timestamptz,
    updated_by text COLLATE "C",
    name text COLLATE "C",
    quarter text COLLATE "C",
    environment text COLLATE "C",
    branch text COLLATE "C",
    PRIMARY KEY (repository, record)
);
CREATE UNIQUE INDEX IF NOT EXISTS record_path ON record (repository, path);
CREATE INDEX IF NOT EXISTS record_id ON record (repository, id) WHERE stigid IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_stigid ON record (repository, stigid) WHERE stigid IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_owner ON record (repository, owner) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_parent ON record (repository, parent) WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_updated ON record (repository, updated_at DESC NULLS LAST, id) WHERE live;
CREATE INDEX IF NOT EXISTS record_status ON record (repository, status, updated_at DESC NULLS LAST, id) WHERE live;
CREATE INDEX IF NOT EXISTS record_ready ON record (repository, priority NULLS FIRST, created_at NULLS FIRST, id) WHERE ready;
CREATE INDEX IF NOT EXISTS record_assignee ON record (repository, assignee, updated_at DESC NULLS LAST, id)
    INCLUDE (status, item_type) WHERE live AND assignee IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_name ON record (repository, name) WHERE name IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_kind ON record (repository, kind, id) WHERE kind <> 'work-item' AND stigid IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_expiring ON record (repository, claimed_until) WHERE live AND claimed_until IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_holder ON record (repository, claimed_by) WHERE live AND claimed_by IS NOT NULL;
-- How many are open differs from one repository to the next: without this, the server thinks of a small one beside a
-- large one that it has next to none, and compares all with all.
CREATE STATISTICS IF NOT EXISTS record_open (mcv) ON repository, live, ready, status FROM record;
ALTER STATISTICS record_open SET STATISTICS 500;

CREATE TABLE IF NOT EXISTS content (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    fields json NOT NULL,
    body text COLLATE "C" NOT NULL,
    newer_schema text COLLATE "C",
    -- The words of work items and of notes, folded and split by git docket, each with a space before it; those of the
    -- title and the others on a line each.
    words text COLLATE "C",
    PRIMARY KEY (repository, record)
);

-- With what lists by a label ask for besides, so that they need not look at the items: live ones have numbers below 2^40.
CREATE TABLE IF NOT EXISTS label (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    label text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    item_type text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    updated_at timestamptz,
    PRIMARY KEY (repository, label, record)
);
CREATE INDEX IF NOT EXISTS label_record ON label (repository, record);
CREATE INDEX IF NOT EXISTS label_listed ON label (repository, label, updated_at DESC NULLS LAST, id)
    INCLUDE (status, item_type, record) WHERE record < 1099511627776;

CREATE TABLE IF NOT EXISTS alias (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    alias text COLLATE "C" NOT NULL,
    folded text COLLATE "C" NOT NULL,
    PRIMARY KEY (repository, record, alias)
);
CREATE INDEX IF NOT EXISTS alias_alias ON alias (repository, alias);
CREATE INDEX IF NOT EXISTS alias_folded ON alias (repository, folded);

CREATE TABLE IF NOT EXISTS edge (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    position bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    PRIMARY KEY (repository, record, position)
);
CREATE INDEX IF NOT EXISTS edge_source ON edge (repository, source);
CREATE INDEX IF NOT EXISTS edge_target ON edge (repository, target);

CREATE TABLE IF NOT EXISTS touches (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    target text COLLATE "C" NOT NULL,
    PRIMARY KEY (repository, record, target)
);
CREATE INDEX IF NOT EXISTS touches_target ON touches (repository, target);

CREATE TABLE IF NOT EXISTS attribute (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    text text COLLATE "C",
    number double precision
);
CREATE INDEX IF NOT EXISTS attribute_record ON attribute (repository, record);
CREATE INDEX IF NOT EXISTS attribute_name ON attribute (repository, name);

CREATE TABLE IF NOT EXISTS unreadable (
    repository uuid NOT NULL,
    path text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    violations json NOT NULL,
    PRIMARY KEY (repository, path)
);

-- The different words of work items and of notes on them, and those of the title once more; src/index/text.rs says how
-- they are written. The texts themselves are elsewhere, so that as many rows as possible lie on a page: all that have a
-- word are counted. Items, notes, and what lists leave out have an index each, since a word that others begin with is
-- looked up in all that are together; and little of it waits to be put among the rest, since each search reads that.
CREATE TABLE IF NOT EXISTS words (
    repository uuid NOT NULL,
    record bigint NOT NULL,
    item text COLLATE "C",
    live boolean NOT NULL,
    lexemes tsvector NOT NULL,
    PRIMARY KEY (repository, record)
);
CREATE INDEX IF NOT EXISTS words_of_items ON words USING gin (lexemes) WITH (gin_pending_list_limit = 64)
    WHERE record < 1099511627776;
CREATE INDEX IF NOT EXISTS words_of_notes ON words USING gin (lexemes) WITH (gin_pending_list_limit = 64)
    WHERE live AND record >= 1099511627776;
CREATE INDEX IF NOT EXISTS words_left_out ON words USING gin (lexemes) WITH (gin_pending_list_limit = 64)
    WHERE NOT live;

-- Which live items have a word, as they were when they were last gathered; and, as those of no word, which of them are
-- gone since. A search for what many have reads this instead of counting rows; src/index/postings.rs says how sets of
-- items are written.
CREATE TABLE IF NOT EXISTS posting (
    repository uuid NOT NULL,
    lexeme text COLLATE "C" NOT NULL,
    records text COLLATE "C" NOT NULL,
    PRIMARY KEY (repository, lexeme)
);

CREATE TABLE IF NOT EXISTS tally (
    repository uuid NOT NULL,
    item_type text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    ready boolean NOT NULL,
    items bigint NOT NULL,
    PRIMARY KEY (repository, item_type, status, ready)
);

CREATE TABLE IF NOT EXISTS commits (
    repository uuid NOT NULL,
    number bigint NOT NULL,
    oid text COLLATE "C" NOT NULL,
    at timestamptz,
    position bigint NOT NULL,
    author text COLLATE "C" NOT NULL,
    client text COLLATE "C",
    merge boolean NOT NULL,
    PRIMARY KEY (repository, number)
);
CREATE UNIQUE INDEX IF NOT EXISTS commits_oid ON commits (repository, oid);
CREATE INDEX IF NOT EXISTS commits_position ON commits (repository, position DESC, oid DESC);

CREATE TABLE IF NOT EXISTS change (
    repository uuid NOT NULL,
    number bigint NOT NULL,
    path text COLLATE "C" NOT NULL,
    owner text COLLATE "C",
    PRIMARY KEY (repository, number, path)
);
CREATE INDEX IF NOT EXISTS change_path ON change (repository, path);
CREATE INDEX IF NOT EXISTS change_owner ON change (repository, owner) WHERE owner IS NOT NULL;

CREATE TABLE IF NOT EXISTS touched (
    repository uuid NOT NULL,
    path text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    number bigint NOT NULL,
    position bigint NOT NULL,
    oid text COLLATE "C" NOT NULL,
    PRIMARY KEY (repository, path)
);
