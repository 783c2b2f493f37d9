CREATE TABLE records (
	vendor  TEXT NOT NULL,
	tenant  TEXT NOT NULL,
	feed    TEXT NOT NULL,
	key     TEXT NOT NULL,
	time    TEXT,
	kind    TEXT NOT NULL,
	action  TEXT NOT NULL,
	outcome TEXT NOT NULL,
	who     TEXT NOT NULL,
	address TEXT NOT NULL,
	type    TEXT NOT NULL,
	target  TEXT NOT NULL,
	message TEXT NOT NULL,
	raw     TEXT NOT NULL,
	UNIQUE (vendor, tenant, feed, key)
);
CREATE INDEX records_by_time ON records (time);
CREATE INDEX records_by_kind ON records (kind, time);
CREATE INDEX records_by_who ON records (who, time);
CREATE VIEW events AS
	SELECT time, vendor, tenant, kind, action, outcome, who, type, target, address, message, key FROM records;
CREATE TABLE feeds (
	vendor     TEXT NOT NULL,
	tenant     TEXT NOT NULL,
	feed       TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	stored_at  TEXT NOT NULL,
	PRIMARY KEY (vendor, tenant, feed)
) WITHOUT ROWID;
