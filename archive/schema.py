"""The tables of the archive, as ordered migrations. A migration that has shipped never changes.

``source`` to ``change`` are the archive itself. ``pair`` to ``topic_choice`` keep the work of people and
machines that cannot be made again. ``article_topic``, ``byline`` and ``story`` are derived and may be filled
again at any time. Times are RFC 3339 in UTC, lists and small values are JSON.
"""

from __future__ import annotations

# Rows of these are never changed or deleted: the database itself refuses.
APPEND_ONLY = ("revision", "change", "blob", "pair", "lexicon", "correction", "topic_choice")

FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE source (
    id TEXT PRIMARY KEY, identity TEXT NOT NULL UNIQUE, title TEXT NOT NULL, url TEXT UNIQUE, site_url TEXT,
    name_en TEXT, name_zh TEXT, family TEXT, language TEXT, timezone TEXT, rights TEXT, licence TEXT,
    republish TEXT, rules TEXT, state TEXT NOT NULL DEFAULT 'active', added TEXT NOT NULL
);
CREATE INDEX source_family ON source (family);

CREATE TABLE poll (
    source TEXT PRIMARY KEY REFERENCES source, due TEXT NOT NULL, polled TEXT, succeeded TEXT, changed TEXT,
    failures INTEGER NOT NULL DEFAULT 0, result TEXT, detail TEXT, etag TEXT, last_modified TEXT, sha TEXT,
    hints TEXT, moved_to TEXT, moved_since TEXT, moved_polls INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX poll_due ON poll (due);

CREATE TABLE blob (sha TEXT PRIMARY KEY, size INTEGER NOT NULL, codec TEXT NOT NULL, bytes BLOB NOT NULL);

CREATE TABLE fetch (
    id INTEGER PRIMARY KEY, source TEXT REFERENCES source, asked TEXT NOT NULL, final TEXT, status INTEGER,
    headers TEXT NOT NULL, at TEXT NOT NULL, sha TEXT REFERENCES blob, result TEXT NOT NULL, detail TEXT,
    articles INTEGER NOT NULL, parser TEXT NOT NULL
);
CREATE INDEX fetch_known ON fetch (source, sha);
CREATE INDEX fetch_asked ON fetch (asked);

CREATE TABLE article (
    id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source, guid TEXT, address TEXT NOT NULL UNIQUE,
    number INTEGER UNIQUE, first_seen TEXT NOT NULL, revision INTEGER NOT NULL, seq INTEGER NOT NULL,
    url TEXT, language TEXT NOT NULL, script TEXT, day TEXT NOT NULL, sorted TEXT NOT NULL,
    republish TEXT, embargo TEXT, note TEXT, withdrawn TEXT, reason TEXT, person TEXT
);
CREATE INDEX article_sorted ON article (sorted, id);
CREATE INDEX article_source ON article (source, number);
CREATE INDEX article_source_seq ON article (source, seq);
CREATE INDEX article_language_seq ON article (language, seq);
CREATE INDEX article_language_number ON article (language, number);
CREATE INDEX article_revised ON article (seq) WHERE revision > 1 OR withdrawn IS NOT NULL;
CREATE INDEX article_day ON article (day);
CREATE INDEX article_seq ON article (seq);
CREATE INDEX article_embargo ON article (embargo) WHERE number IS NULL;

CREATE TABLE revision (
    id INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES article, revision INTEGER NOT NULL,
    url TEXT, title TEXT NOT NULL, summary TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL,
    language TEXT NOT NULL, script TEXT, authors TEXT NOT NULL, published TEXT, published_raw TEXT,
    published_precision TEXT, updated TEXT, categories TEXT NOT NULL, enclosures TEXT NOT NULL,
    images TEXT NOT NULL, alternates TEXT NOT NULL, rights TEXT, licence TEXT, sha TEXT NOT NULL,
    fetch INTEGER REFERENCES fetch DEFERRABLE INITIALLY DEFERRED, person TEXT, reason TEXT,
    stored TEXT NOT NULL,
    UNIQUE (article, revision)
);

CREATE TABLE alias (
    source TEXT NOT NULL REFERENCES source, kind TEXT NOT NULL, value TEXT NOT NULL,
    article TEXT NOT NULL REFERENCES article, PRIMARY KEY (source, kind, value)
);
CREATE INDEX alias_article ON alias (article);

CREATE TABLE change (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, article TEXT NOT NULL REFERENCES article,
    revision INTEGER NOT NULL, sha TEXT NOT NULL, at TEXT NOT NULL, reason TEXT, person TEXT,
    chain TEXT NOT NULL
);
CREATE INDEX change_touch ON change (seq) WHERE kind = 'touch';
CREATE INDEX change_article ON change (article, seq);

CREATE TABLE pair (
    id INTEGER PRIMARY KEY, one TEXT NOT NULL REFERENCES article, other TEXT NOT NULL REFERENCES article,
    state TEXT NOT NULL, how TEXT NOT NULL, sure REAL, person TEXT, at TEXT NOT NULL
);
CREATE INDEX pair_one ON pair (one);
CREATE INDEX pair_other ON pair (other);

CREATE TABLE lexicon (version INTEGER PRIMARY KEY, at TEXT NOT NULL, sha TEXT NOT NULL, bytes BLOB NOT NULL);

CREATE TABLE correction (
    id INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES article, field TEXT NOT NULL, value TEXT,
    reason TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX correction_article ON correction (article);

CREATE TABLE topic_choice (
    id INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES article, topic TEXT NOT NULL,
    choice TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX topic_choice_article ON topic_choice (article);

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, source TEXT, name TEXT NOT NULL, headers TEXT NOT NULL,
    sha TEXT NOT NULL REFERENCES blob, token INTEGER, idempotency TEXT, received TEXT NOT NULL, taken TEXT,
    outcome TEXT, UNIQUE (token, idempotency)
);
CREATE INDEX inbox_waiting ON inbox (id) WHERE taken IS NULL;

CREATE TABLE token (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL, used TEXT, expires TEXT, revoked TEXT
);

CREATE TABLE subscription (
    id INTEGER PRIMARY KEY, callback TEXT NOT NULL, topic TEXT NOT NULL, secret TEXT, state TEXT NOT NULL,
    mode TEXT NOT NULL, lease INTEGER, expires TEXT, added TEXT NOT NULL, seq INTEGER NOT NULL,
    UNIQUE (callback, topic)
);

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, subscription INTEGER NOT NULL REFERENCES subscription, seq INTEGER NOT NULL,
    due TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, detail TEXT
);
CREATE INDEX delivery_due ON delivery (state, due);

CREATE TABLE article_topic (
    topic TEXT NOT NULL, article TEXT NOT NULL REFERENCES article, number INTEGER, seq INTEGER NOT NULL,
    PRIMARY KEY (topic, article)
);
CREATE INDEX article_topic_number ON article_topic (topic, number);
CREATE INDEX article_topic_seq ON article_topic (topic, seq);
CREATE INDEX article_topic_article ON article_topic (article);

CREATE TABLE byline (
    name TEXT NOT NULL, article TEXT NOT NULL REFERENCES article, number INTEGER, seq INTEGER NOT NULL,
    PRIMARY KEY (name, article)
);
CREATE INDEX byline_number ON byline (name, number);
CREATE INDEX byline_seq ON byline (name, seq);
CREATE INDEX byline_article ON byline (article);

CREATE TABLE story (article TEXT PRIMARY KEY REFERENCES article, story TEXT NOT NULL);
CREATE INDEX story_story ON story (story);
"""

# How a source is read in more than one way: pictures, pages behind feeds, pauses, robots.txt, push.
SECOND = """
ALTER TABLE source ADD COLUMN folder TEXT;

ALTER TABLE poll ADD COLUMN gone_since TEXT;

CREATE TABLE picture (
    article TEXT NOT NULL REFERENCES article, name TEXT NOT NULL, sha TEXT NOT NULL REFERENCES blob,
    type TEXT NOT NULL, PRIMARY KEY (article, name, sha)
);
CREATE INDEX picture_sha ON picture (sha);

CREATE TABLE page (
    article TEXT PRIMARY KEY REFERENCES article, stated TEXT NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL, at TEXT NOT NULL
);

CREATE TABLE pause (domain TEXT PRIMARY KEY, until TEXT NOT NULL);

CREATE TABLE robots (host TEXT PRIMARY KEY, status INTEGER NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL);

CREATE TABLE lease (
    source TEXT PRIMARY KEY REFERENCES source, hub TEXT NOT NULL, topic TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE, secret TEXT NOT NULL, state TEXT NOT NULL, asked TEXT NOT NULL, expires TEXT
);
"""

# What strangers ask our hub for waits in ``intent``: a subscription stays as it is until that is verified.
THIRD = """
ALTER TABLE subscription ADD COLUMN tag TEXT;

CREATE TABLE intent (
    id INTEGER PRIMARY KEY, callback TEXT NOT NULL, host TEXT NOT NULL, topic TEXT NOT NULL,
    mode TEXT NOT NULL, secret TEXT, lease INTEGER, tag TEXT, reason TEXT, added TEXT NOT NULL,
    due TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX intent_pair ON intent (callback, topic);
CREATE INDEX intent_host ON intent (host);
CREATE INDEX intent_due ON intent (due);

CREATE INDEX subscription_topic ON subscription (topic);
CREATE INDEX subscription_expires ON subscription (expires);
"""

# Lists in the order of pages, and their counts, from an index alone however large they are.
FOURTH = """
ALTER TABLE article_topic ADD COLUMN sorted TEXT;
UPDATE article_topic SET sorted = (SELECT a.sorted FROM article a WHERE a.id = article_topic.article);
CREATE INDEX article_topic_sorted ON article_topic (topic, sorted, article);

ALTER TABLE byline ADD COLUMN sorted TEXT;
UPDATE byline SET sorted = (SELECT a.sorted FROM article a WHERE a.id = byline.article);
CREATE INDEX byline_sorted ON byline (name, sorted, article);

CREATE INDEX article_source_sorted ON article (source, sorted, id);
CREATE INDEX article_language_sorted ON article (language, sorted, id);
CREATE INDEX article_counted ON article (source, language, day, republish, number, withdrawn)
    WHERE number IS NOT NULL AND withdrawn IS NULL;
"""

MIGRATIONS = (FIRST, SECOND, THIRD, FOURTH)
