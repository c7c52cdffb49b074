"""The tables of the ledger, and how a library of an earlier schema is brought to this one."""

SCHEMA = 2
_SINCE_2 = """
CREATE TABLE places (name TEXT NOT NULL, key INTEGER NOT NULL, revision INTEGER NOT NULL);
CREATE INDEX places_named ON places (name);
CREATE INDEX places_of ON places (revision);
CREATE TABLE edits (document_id TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE originals (
    catalogue TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (catalogue, id)
) WITHOUT ROWID;
"""
TABLES = (
    """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('writing', 'ready')),
    fingerprint TEXT NOT NULL,
    record TEXT NOT NULL,
    warnings TEXT NOT NULL,
    added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX one_ready ON documents (id) WHERE state = 'ready';
CREATE TABLE sources (path TEXT PRIMARY KEY, document_id TEXT NOT NULL);
CREATE TABLE pages (
    revision INTEGER NOT NULL, position INTEGER NOT NULL,
    number INTEGER, label TEXT, text TEXT NOT NULL, label_from TEXT,
    PRIMARY KEY (revision, position)
) WITHOUT ROWID;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL, position INTEGER NOT NULL,
    id TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL,
    token_first INTEGER NOT NULL, token_count INTEGER NOT NULL
);
CREATE INDEX passages_of ON passages (revision, position);
CREATE TABLE quarantine (path TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, reason TEXT NOT NULL);
"""
    + _SINCE_2
)
FROM_1 = (
    """
ALTER TABLE pages ADD COLUMN label_from TEXT;
"""
    + _SINCE_2
)
