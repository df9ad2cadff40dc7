CREATE TABLE users (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL,
    profile_version INTEGER NOT NULL DEFAULT 0,
    listing_version INTEGER NOT NULL DEFAULT 0,
    inbox_version   INTEGER NOT NULL DEFAULT 0
);

-- One order of a gig: what the two sides talk about.
CREATE TABLE instances (
    id       INTEGER PRIMARY KEY,
    gig      TEXT    NOT NULL,
    owner_id INTEGER NOT NULL,
    version  INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE conversations (
    id              INTEGER PRIMARY KEY,
    client_id       INTEGER NOT NULL,
    provider_id     INTEGER NOT NULL,
    instance_id     INTEGER NOT NULL,
    title           TEXT    NOT NULL,
    status          TEXT    NOT NULL CHECK (status IN ('pending', 'active', 'archived')),
    messages        INTEGER NOT NULL,
    last_message_at INTEGER NOT NULL,
    version         INTEGER NOT NULL
);

CREATE TABLE participants (
    conversation_id INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,
    role            TEXT    NOT NULL,
    read_up_to      INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, user_id)
) WITHOUT ROWID;

CREATE TABLE messages (
    conversation_id INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    sender_id       INTEGER NOT NULL,
    body            TEXT    NOT NULL,
    sent_at         INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, number)
) WITHOUT ROWID;

CREATE INDEX conversations_by_instance ON conversations (instance_id);
CREATE INDEX participants_by_user ON participants (user_id, conversation_id);
