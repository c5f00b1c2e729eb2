BEGIN TRANSACTION;
CREATE TABLE alias (
    source TEXT NOT NULL REFERENCES source, kind TEXT NOT NULL, value TEXT NOT NULL,
    article TEXT NOT NULL REFERENCES article, PRIMARY KEY (source, kind, value)
);
INSERT INTO "alias" VALUES('old','guid','1','urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff');
INSERT INTO "alias" VALUES('old','url','//old.example/1','urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff');
INSERT INTO "alias" VALUES('old','guid','2','urn:uuid:8c957233-bd30-557b-95a0-6884e902df6f');
INSERT INTO "alias" VALUES('old','url','//old.example/2','urn:uuid:8c957233-bd30-557b-95a0-6884e902df6f');
CREATE TABLE article (
    id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source, guid TEXT, address TEXT NOT NULL UNIQUE,
    number INTEGER UNIQUE, first_seen TEXT NOT NULL, revision INTEGER NOT NULL, seq INTEGER NOT NULL,
    url TEXT, language TEXT NOT NULL, script TEXT, day TEXT NOT NULL, sorted TEXT NOT NULL,
    republish TEXT, embargo TEXT, note TEXT, withdrawn TEXT, reason TEXT, person TEXT
);
INSERT INTO "article" VALUES('urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff','old','1','/a/2022/04/02/bc0ee2d1',1,'2026-11-24T14:38:10Z',2,3,'https://old.example/1','en',NULL,'2022-04-02','2022-04-02T08:00:00Z',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "article" VALUES('urn:uuid:8c957233-bd30-557b-95a0-6884e902df6f','old','2','/a/2026/11/24/8c957233',2,'2026-11-24T14:38:10Z',1,4,'https://old.example/2','zh','Hans','2026-11-24','2026-11-24T14:38:09Z',NULL,NULL,NULL,'2026-11-24T14:38:13Z','wrong','editor');
CREATE TABLE article_topic (
    topic TEXT NOT NULL, article TEXT NOT NULL REFERENCES article, number INTEGER, seq INTEGER NOT NULL,
    PRIMARY KEY (topic, article)
);
CREATE TABLE blob (sha TEXT PRIMARY KEY, size INTEGER NOT NULL, codec TEXT NOT NULL, bytes BLOB NOT NULL);
INSERT INTO "blob" VALUES('97e02a54307d462236624efd7ec3c575ffff375b86f8f23af11e4595617a41bc',540,'zlib',X'789C8592C14A03311086EF7D8AD0938234DB9CA48CC182E045F1605F2076876E30CD864D563C16D19E3C288805F15A4F3D782EA52F6353F12D5C366E698B2204C24C3EE6FFFF2490594BAE30B332D50775D688EA1CBA89D01A1507279D427EA6626284C10C68688092FA9227CE19DBA234557103AF45DF28A440CB2388D17633695C3194C740D74B5042F772D1438EBAC0ABA206D2619F432F97316F022DF7BF859A955270D42689508AA406B55DB95C57ED241810694BAAB165CAE41747C2213F176E8F448CB44D4658C41889F65B51542C727CDA015A61207297A4192FEEE970CD16D9696B4D4E107781FE1040CB5C1BF1D8BFF1D8663C7F3F5A4C277E36583ECD97CFEFFE75FAF536FC3567203F5F6EFD70E2C7E340FA87477F3759CC4661C2C7E0662B7DF00874F5F0B4F815BCF60D8992D1F2');
INSERT INTO "blob" VALUES('ce696c6119f005deea54dbad3b76defc5f61bcd9e65c2f608ce8fc3ba4f8fe4d',548,'zlib',X'789C8592C14A03311086EF7D8AD0938234DB9CA48CC182E045F1605F2076876E30CD864D563C16D19E3C288805F15A4F3D782EA52F6353F12D5C366E698B2204C24C3EE6FFFF3090594BAE30B332D50775D688EA1CBA89D01A1507279D427EA6626284C10C68688092FA9227CE19DBA234557103AF45DF28A440CB2788D17633695C3194C740D74B5042F772D1438EBAC0ABA206D2619F432F97316F022DEFBF859A955270D42689508AA406B55DB95C57ED241810694B8A084794B0AEB165CEE41747C2213F176E8F448CB44D4658C41889F65B51541C727CDA015A61207297A4192FFEEB70CD1ED9696B4D4E107781FE1040CB7C1B31D9BF31D9664C7F3F5A4C277E36583ECD97CFEFFE75FAF536FC356F203F5F6EFD70E2C7E340FA87477F3759CC4661C2C7E0662B7DF00874B500B4D80E5EFB0689B5D4BB');
CREATE TABLE byline (
    name TEXT NOT NULL, article TEXT NOT NULL REFERENCES article, number INTEGER, seq INTEGER NOT NULL,
    PRIMARY KEY (name, article)
);
INSERT INTO "byline" VALUES('ple (Ann Lee','urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff',1,3);
CREATE TABLE change (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, article TEXT NOT NULL REFERENCES article,
    revision INTEGER NOT NULL, sha TEXT NOT NULL, at TEXT NOT NULL, reason TEXT, person TEXT,
    chain TEXT NOT NULL
);
INSERT INTO "change" VALUES(1,'put','urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff',1,'98adfea01d4011b745a66386dd2869dd30f9f2c693b734c6e64d2b831057a8b2','2026-11-24T14:38:10Z',NULL,NULL,'16cb4e5be88976faaca68561fabb1f6a71898973c31eb71c257651c5dd74b054');
INSERT INTO "change" VALUES(2,'put','urn:uuid:8c957233-bd30-557b-95a0-6884e902df6f',1,'6154cf3990ab046c9bcaa64c8383687052623da96ab944c0c7e1eab787725c15','2026-11-24T14:38:10Z',NULL,NULL,'9da3b899d66af8b556f34fe8252cddfcf44b3ba7bf9d57b356b08722b1371053');
INSERT INTO "change" VALUES(3,'put','urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff',2,'53a656eb6d4a5206cf6b77e93819ea37241c3273528376d3a634b4016c7724b0','2026-11-24T14:38:11Z',NULL,NULL,'2023525558ee8f213171f6fbb304256fbf21c60adfa2cdc30c9e16b56e164b2f');
INSERT INTO "change" VALUES(4,'withdraw','urn:uuid:8c957233-bd30-557b-95a0-6884e902df6f',1,'6154cf3990ab046c9bcaa64c8383687052623da96ab944c0c7e1eab787725c15','2026-11-24T14:38:13Z','wrong','editor','89ce3c37ff95798d5a0f1d97685713c10b9a04577a31cab341766e1575111688');
CREATE TABLE correction (
    id INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES article, field TEXT NOT NULL, value TEXT,
    reason TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, subscription INTEGER NOT NULL REFERENCES subscription, seq INTEGER NOT NULL,
    due TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, detail TEXT
);
INSERT INTO "delivery" VALUES(1,1,4,'2026-11-24T14:38:10Z',0,'done',NULL);
CREATE TABLE fetch (
    id INTEGER PRIMARY KEY, source TEXT REFERENCES source, asked TEXT NOT NULL, final TEXT, status INTEGER,
    headers TEXT NOT NULL, at TEXT NOT NULL, sha TEXT REFERENCES blob, result TEXT NOT NULL, detail TEXT,
    articles INTEGER NOT NULL, parser TEXT NOT NULL
);
INSERT INTO "fetch" VALUES(1,'old','f1.xml',NULL,NULL,'{}','2026-11-24T14:38:10Z','97e02a54307d462236624efd7ec3c575ffff375b86f8f23af11e4595617a41bc','ok',NULL,2,'1');
INSERT INTO "fetch" VALUES(2,'old','f2.xml',NULL,NULL,'{}','2026-11-24T14:38:11Z','ce696c6119f005deea54dbad3b76defc5f61bcd9e65c2f608ce8fc3ba4f8fe4d','ok',NULL,2,'1');
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, source TEXT, name TEXT NOT NULL, headers TEXT NOT NULL,
    sha TEXT NOT NULL REFERENCES blob, token INTEGER, idempotency TEXT, received TEXT NOT NULL, taken TEXT,
    outcome TEXT, UNIQUE (token, idempotency)
);
CREATE TABLE intent (
    id INTEGER PRIMARY KEY, callback TEXT NOT NULL, host TEXT NOT NULL, topic TEXT NOT NULL,
    mode TEXT NOT NULL, secret TEXT, lease INTEGER, tag TEXT, reason TEXT, added TEXT NOT NULL,
    due TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE lease (
    source TEXT PRIMARY KEY REFERENCES source, hub TEXT NOT NULL, topic TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE, secret TEXT NOT NULL, state TEXT NOT NULL, asked TEXT NOT NULL, expires TEXT
);
CREATE TABLE lexicon (version INTEGER PRIMARY KEY, at TEXT NOT NULL, sha TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('topics','424448a7227d4246e3c98091de661dc4638afa71353de298c8c1c0cb756e3f3d');
CREATE TABLE page (
    article TEXT PRIMARY KEY REFERENCES article, stated TEXT NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE TABLE pair (
    id INTEGER PRIMARY KEY, one TEXT NOT NULL REFERENCES article, other TEXT NOT NULL REFERENCES article,
    state TEXT NOT NULL, how TEXT NOT NULL, sure REAL, person TEXT, at TEXT NOT NULL
);
CREATE TABLE pause (domain TEXT PRIMARY KEY, until TEXT NOT NULL);
CREATE TABLE picture (
    article TEXT NOT NULL REFERENCES article, name TEXT NOT NULL, sha TEXT NOT NULL REFERENCES blob,
    type TEXT NOT NULL, PRIMARY KEY (article, name, sha)
);
CREATE TABLE poll (
    source TEXT PRIMARY KEY REFERENCES source, due TEXT NOT NULL, polled TEXT, succeeded TEXT, changed TEXT,
    failures INTEGER NOT NULL DEFAULT 0, result TEXT, detail TEXT, etag TEXT, last_modified TEXT, sha TEXT,
    hints TEXT, moved_to TEXT, moved_since TEXT, moved_polls INTEGER NOT NULL DEFAULT 0
, gone_since TEXT);
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
INSERT INTO "revision" VALUES(1,'urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff',1,'https://old.example/1','A hall opens','','The hall is open.','The hall is open.','en',NULL,'["ple (Ann Lee"]','2022-04-02T08:00:00Z','Sat, 02 Apr 2022 08:00:00 GMT','second',NULL,'[]','[]','[]','[]',NULL,NULL,'98adfea01d4011b745a66386dd2869dd30f9f2c693b734c6e64d2b831057a8b2',1,NULL,NULL,'2026-11-24T14:38:10Z');
INSERT INTO "revision" VALUES(2,'urn:uuid:8c957233-bd30-557b-95a0-6884e902df6f',1,'https://old.example/2','北京开放新场馆','','北京的冬奥场馆向公众开放。','北京的冬奥场馆向公众开放。','zh','Hans','[]',NULL,NULL,NULL,NULL,'[]','[]','[]','[]',NULL,NULL,'6154cf3990ab046c9bcaa64c8383687052623da96ab944c0c7e1eab787725c15',1,NULL,NULL,'2026-11-24T14:38:10Z');
INSERT INTO "revision" VALUES(3,'urn:uuid:bc0ee2d1-d3da-5941-a8f9-57abeddeabff',2,'https://old.example/1','A hall opens','','The hall is open at last.','The hall is open at last.','en',NULL,'["ple (Ann Lee"]','2022-04-02T08:00:00Z','Sat, 02 Apr 2022 08:00:00 GMT','second',NULL,'[]','[]','[]','[]',NULL,NULL,'53a656eb6d4a5206cf6b77e93819ea37241c3273528376d3a634b4016c7724b0',2,NULL,NULL,'2026-11-24T14:38:11Z');
CREATE TABLE robots (host TEXT PRIMARY KEY, status INTEGER NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE source (
    id TEXT PRIMARY KEY, identity TEXT NOT NULL UNIQUE, title TEXT NOT NULL, url TEXT UNIQUE, site_url TEXT,
    name_en TEXT, name_zh TEXT, family TEXT, language TEXT, timezone TEXT, rights TEXT, licence TEXT,
    republish TEXT, rules TEXT, state TEXT NOT NULL DEFAULT 'active', added TEXT NOT NULL
, folder TEXT);
INSERT INTO "source" VALUES('old','id old','Old paper',NULL,'https://old.example/',NULL,NULL,NULL,'en',NULL,NULL,NULL,NULL,NULL,'active','2026-11-24T14:38:10Z',NULL);
CREATE TABLE story (article TEXT PRIMARY KEY REFERENCES article, story TEXT NOT NULL);
CREATE TABLE subscription (
    id INTEGER PRIMARY KEY, callback TEXT NOT NULL, topic TEXT NOT NULL, secret TEXT, state TEXT NOT NULL,
    mode TEXT NOT NULL, lease INTEGER, expires TEXT, added TEXT NOT NULL, seq INTEGER NOT NULL, tag TEXT,
    UNIQUE (callback, topic)
);
INSERT INTO "subscription" VALUES(1,'https://reader.example/hook','https://archive.example/latest.atom','secret','active','subscribe',864000,'2026-12-04T14:38:10Z','2026-11-24T14:38:10Z',4,NULL);
CREATE TABLE token (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL, used TEXT, expires TEXT, revoked TEXT
);
CREATE TABLE topic_choice (
    id INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES article, topic TEXT NOT NULL,
    choice TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX source_family ON source (family);
CREATE INDEX poll_due ON poll (due);
CREATE INDEX fetch_known ON fetch (source, sha);
CREATE INDEX fetch_asked ON fetch (asked);
CREATE INDEX article_sorted ON article (sorted, id);
CREATE INDEX article_source ON article (source, number);
CREATE INDEX article_source_seq ON article (source, seq);
CREATE INDEX article_language_seq ON article (language, seq);
CREATE INDEX article_language_number ON article (language, number);
CREATE INDEX article_revised ON article (seq) WHERE revision > 1 OR withdrawn IS NOT NULL;
CREATE INDEX article_day ON article (day);
CREATE INDEX article_seq ON article (seq);
CREATE INDEX article_embargo ON article (embargo) WHERE number IS NULL;
CREATE INDEX alias_article ON alias (article);
CREATE INDEX change_touch ON change (seq) WHERE kind = 'touch';
CREATE INDEX change_article ON change (article, seq);
CREATE INDEX pair_one ON pair (one);
CREATE INDEX pair_other ON pair (other);
CREATE INDEX correction_article ON correction (article);
CREATE INDEX topic_choice_article ON topic_choice (article);
CREATE INDEX inbox_waiting ON inbox (id) WHERE taken IS NULL;
CREATE INDEX delivery_due ON delivery (state, due);
CREATE INDEX article_topic_number ON article_topic (topic, number);
CREATE INDEX article_topic_seq ON article_topic (topic, seq);
CREATE INDEX article_topic_article ON article_topic (article);
CREATE INDEX byline_number ON byline (name, number);
CREATE INDEX byline_seq ON byline (name, seq);
CREATE INDEX byline_article ON byline (article);
CREATE INDEX story_story ON story (story);
CREATE INDEX picture_sha ON picture (sha);
CREATE INDEX intent_pair ON intent (callback, topic);
CREATE INDEX intent_host ON intent (host);
CREATE INDEX intent_due ON intent (due);
CREATE INDEX subscription_topic ON subscription (topic);
CREATE INDEX subscription_expires ON subscription (expires);
CREATE TRIGGER revision_update BEFORE update ON revision BEGIN SELECT RAISE(ABORT, 'revision rows are never changed or deleted'); END;
CREATE TRIGGER revision_delete BEFORE delete ON revision BEGIN SELECT RAISE(ABORT, 'revision rows are never changed or deleted'); END;
CREATE TRIGGER change_update BEFORE update ON change BEGIN SELECT RAISE(ABORT, 'change rows are never changed or deleted'); END;
CREATE TRIGGER change_delete BEFORE delete ON change BEGIN SELECT RAISE(ABORT, 'change rows are never changed or deleted'); END;
CREATE TRIGGER blob_update BEFORE update ON blob BEGIN SELECT RAISE(ABORT, 'blob rows are never changed or deleted'); END;
CREATE TRIGGER blob_delete BEFORE delete ON blob BEGIN SELECT RAISE(ABORT, 'blob rows are never changed or deleted'); END;
CREATE TRIGGER pair_update BEFORE update ON pair BEGIN SELECT RAISE(ABORT, 'pair rows are never changed or deleted'); END;
CREATE TRIGGER pair_delete BEFORE delete ON pair BEGIN SELECT RAISE(ABORT, 'pair rows are never changed or deleted'); END;
CREATE TRIGGER lexicon_update BEFORE update ON lexicon BEGIN SELECT RAISE(ABORT, 'lexicon rows are never changed or deleted'); END;
CREATE TRIGGER lexicon_delete BEFORE delete ON lexicon BEGIN SELECT RAISE(ABORT, 'lexicon rows are never changed or deleted'); END;
CREATE TRIGGER correction_update BEFORE update ON correction BEGIN SELECT RAISE(ABORT, 'correction rows are never changed or deleted'); END;
CREATE TRIGGER correction_delete BEFORE delete ON correction BEGIN SELECT RAISE(ABORT, 'correction rows are never changed or deleted'); END;
CREATE TRIGGER topic_choice_update BEFORE update ON topic_choice BEGIN SELECT RAISE(ABORT, 'topic_choice rows are never changed or deleted'); END;
CREATE TRIGGER topic_choice_delete BEFORE delete ON topic_choice BEGIN SELECT RAISE(ABORT, 'topic_choice rows are never changed or deleted'); END;
COMMIT;
PRAGMA application_id=1398361668;
PRAGMA user_version=3;
