ALTER TABLE `identifiers` RENAME TO `identifier_rows`;--> statement-breakpoint
ALTER TABLE `events` RENAME TO `event_rows`;--> statement-breakpoint
ALTER TABLE `traits` RENAME TO `trait_rows`;--> statement-breakpoint
ALTER TABLE `links` RENAME TO `link_rows`;--> statement-breakpoint
ALTER TABLE `changes` RENAME TO `change_rows`;--> statement-breakpoint
DROP INDEX `events_by_home`;--> statement-breakpoint
CREATE INDEX `events_by_home` ON `event_rows` (`home`,`occurred_at`,`type`,`source`) WHERE "event_rows"."home" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_anonymous` ON `event_rows` (`number`) WHERE "event_rows"."home" IS NULL;--> statement-breakpoint
CREATE INDEX `traits_by_value` ON `trait_rows` (`name`,substr("value", 1, 64));--> statement-breakpoint
CREATE TABLE `api_keys` (
	`number` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_name_unique` ON `api_keys` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `erasures` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`by` text,
	`profiles` text NOT NULL,
	`suppressed` integer NOT NULL,
	`removed` text NOT NULL,
	`tidied_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `erasures_id_unique` ON `erasures` (`id`);--> statement-breakpoint
CREATE TABLE `erased_events` (
	`id` text PRIMARY KEY NOT NULL,
	`received_at` integer NOT NULL
) WITHOUT ROWID, STRICT;
--> statement-breakpoint
CREATE TABLE `suppressed` (
	`id` text PRIMARY KEY NOT NULL,
	`erasure` text NOT NULL
) WITHOUT ROWID, STRICT;
--> statement-breakpoint
CREATE VIEW `profiles` (
  id, identifier_count, event_count, first_seen_at, first_seen_at_ms, last_seen_at, last_seen_at_ms
) AS
-- Everybody, once each. The id is that of the identifier that was received first. Seen is an identifier wherever an event
-- names it, also beside an identifier of somebody else.
SELECT id, identifier_count, event_count,
  strftime('%Y-%m-%dT%H:%M:%fZ', first_ms / 1000.0, 'unixepoch'), first_ms,
  strftime('%Y-%m-%dT%H:%M:%fZ', last_ms / 1000.0, 'unixepoch'), last_ms
FROM (
  SELECT p.id AS id,
    (SELECT count(*) FROM identifier_rows AS m WHERE m.profile = p.profile) AS identifier_count,
    (SELECT count(*) FROM identifier_rows AS m CROSS JOIN event_rows AS e ON e.home = m.ordinal
      WHERE m.profile = p.profile) AS event_count,
    (SELECT min(at) FROM (
      SELECT (SELECT min(e.occurred_at) FROM event_rows AS e WHERE e.home = m.ordinal) AS at
        FROM identifier_rows AS m WHERE m.profile = p.profile
      UNION ALL SELECT (SELECT min(n.occurred_at) FROM mentions AS n WHERE n.identifier = m.ordinal)
        FROM identifier_rows AS m WHERE m.profile = p.profile)) AS first_ms,
    (SELECT max(at) FROM (
      SELECT (SELECT max(e.occurred_at) FROM event_rows AS e WHERE e.home = m.ordinal) AS at
        FROM identifier_rows AS m WHERE m.profile = p.profile
      UNION ALL SELECT (SELECT max(n.occurred_at) FROM mentions AS n WHERE n.identifier = m.ordinal)
        FROM identifier_rows AS m WHERE m.profile = p.profile)) AS last_ms
  FROM identifier_rows AS p
  WHERE p.ordinal = (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = p.profile)
);
--> statement-breakpoint
CREATE VIEW `identifiers` (
  identifier, namespace, value, profile, provisional, sources, generic,
  first_received_at, first_received_at_ms, first_seen_at, first_seen_at_ms, last_seen_at, last_seen_at_ms
) AS
-- Every identifier, once each, and whose it is now. `provisional` is its own id, which was given out and stays; `sources` is
-- a JSON list.
SELECT namespace || ':' || value, namespace, value, profile, provisional, sources, generic,
  strftime('%Y-%m-%dT%H:%M:%fZ', received_ms / 1000.0, 'unixepoch'), received_ms,
  strftime('%Y-%m-%dT%H:%M:%fZ', first_ms / 1000.0, 'unixepoch'), first_ms,
  strftime('%Y-%m-%dT%H:%M:%fZ', last_ms / 1000.0, 'unixepoch'), last_ms
FROM (
  SELECT i.namespace AS namespace, i.value AS value, p.id AS profile, i.id AS provisional, i.sources AS sources,
    i.generic AS generic, i.first_received_at AS received_ms,
    (SELECT min(at) FROM (SELECT min(e.occurred_at) AS at FROM event_rows AS e WHERE e.home = i.ordinal
      UNION ALL SELECT min(n.occurred_at) FROM mentions AS n WHERE n.identifier = i.ordinal)) AS first_ms,
    (SELECT max(at) FROM (SELECT max(e.occurred_at) AS at FROM event_rows AS e WHERE e.home = i.ordinal
      UNION ALL SELECT max(n.occurred_at) FROM mentions AS n WHERE n.identifier = i.ordinal)) AS last_ms
  FROM identifier_rows AS i
  LEFT JOIN identifier_rows AS p ON p.profile = i.profile
  AND p.ordinal = (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = i.profile)
);
--> statement-breakpoint
CREATE VIEW `events` (
  id, source, type, "key", occurred_at, occurred_at_ms, received_at, received_at_ms, profile, provisional, delivery, payload
) AS
-- Every event, once each. Those that name nobody have neither `profile` nor `provisional`; the others are the rows of `journeys`.
SELECT e.id, e.source, e.type, e."key",
  strftime('%Y-%m-%dT%H:%M:%fZ', e.occurred_at / 1000.0, 'unixepoch'), e.occurred_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', e.received_at / 1000.0, 'unixepoch'), e.received_at,
  p.id, i.id, e.delivery, e.payload
FROM event_rows AS e
JOIN identifier_rows AS i ON i.ordinal = e.home
LEFT JOIN identifier_rows AS p ON p.profile = i.profile
  AND p.ordinal = (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = i.profile)
UNION ALL
SELECT e.id, e.source, e.type, e."key",
  strftime('%Y-%m-%dT%H:%M:%fZ', e.occurred_at / 1000.0, 'unixepoch'), e.occurred_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', e.received_at / 1000.0, 'unixepoch'), e.received_at,
  NULL, NULL, e.delivery, e.payload
FROM event_rows AS e WHERE e.home IS NULL;
--> statement-breakpoint
CREATE VIEW `journeys` (
  profile, event, source, type, "key", occurred_at, occurred_at_ms, received_at, received_at_ms, provisional, payload
) AS
-- Every event of somebody, once each. The order of a journey is that by `occurred_at_ms`, `source`, `key`.
SELECT p.id, e.id, e.source, e.type, e."key",
  strftime('%Y-%m-%dT%H:%M:%fZ', e.occurred_at / 1000.0, 'unixepoch'), e.occurred_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', e.received_at / 1000.0, 'unixepoch'), e.received_at,
  i.id, e.payload
FROM event_rows AS e
JOIN identifier_rows AS i ON i.ordinal = e.home
LEFT JOIN identifier_rows AS p ON p.profile = i.profile
  AND p.ordinal = (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = i.profile);
--> statement-breakpoint
CREATE VIEW `traits` (profile, name, value, text, at, at_ms, source, event) AS
-- Every trait of everybody, once each: the newest value over a profile's identifiers, by the time of the event, then its source, then
-- its key. `value` is JSON, `text` the same without the quotes of a string.
SELECT p.id, t.name, t.value,
  CASE substr(t.value, 1, 1) WHEN '"' THEN json_extract(t.value, '$') ELSE t.value END,
  strftime('%Y-%m-%dT%H:%M:%fZ', t.at / 1000.0, 'unixepoch'), t.at, t.source, t.event
FROM trait_rows AS t
JOIN identifier_rows AS i ON i.ordinal = t.identifier
LEFT JOIN identifier_rows AS p ON p.profile = i.profile
  AND p.ordinal = (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = i.profile)
WHERE NOT EXISTS (
  SELECT 1 FROM identifier_rows AS m CROSS JOIN trait_rows AS n ON n.identifier = m.ordinal AND n.name = t.name
  WHERE m.profile = i.profile
    AND (n.at, n.source, n."key", t.identifier) > (t.at, t.source, t."key", n.identifier));
--> statement-breakpoint
CREATE VIEW `links` (
  a, b, profile_a, profile_b, outcome, rule, subject, trust, events,
  first_seen_at, first_seen_at_ms, last_seen_at, last_seen_at_ms
) AS
-- Every pair of identifiers that some event named together, once each; `a` is the one that was received first. `rule` says why a
-- link is not followed, and `subject` of what. What people ruled is in `decisions` of the HTTP API and no link.
SELECT a, b, profile_a, profile_b, outcome, rule, subject, trust, events,
  strftime('%Y-%m-%dT%H:%M:%fZ', first_ms / 1000.0, 'unixepoch'), first_ms,
  strftime('%Y-%m-%dT%H:%M:%fZ', last_ms / 1000.0, 'unixepoch'), last_ms
FROM (
  SELECT i.namespace || ':' || i.value AS a, j.namespace || ':' || j.value AS b, p.id AS profile_a, q.id AS profile_b,
    CASE WHEN l.rule IS NULL THEN 'followed' WHEN l.rule IN ('blocked', 'generic', 'trust') THEN 'ineligible'
      ELSE 'refused' END AS outcome,
    l.rule AS rule, l.subject AS subject, l.trust AS trust,
    (SELECT count(*) FROM mentions AS n WHERE n.identifier = l.a AND n.home = l.b)
      + (SELECT count(*) FROM mentions AS n WHERE n.identifier = l.b AND n.home = l.a) AS events,
    (SELECT min(at) FROM (
      SELECT min(n.occurred_at) AS at FROM mentions AS n WHERE n.identifier = l.a AND n.home = l.b
      UNION ALL SELECT min(n.occurred_at) FROM mentions AS n WHERE n.identifier = l.b AND n.home = l.a)) AS first_ms,
    (SELECT max(at) FROM (
      SELECT max(n.occurred_at) AS at FROM mentions AS n WHERE n.identifier = l.a AND n.home = l.b
      UNION ALL SELECT max(n.occurred_at) FROM mentions AS n WHERE n.identifier = l.b AND n.home = l.a)) AS last_ms
  FROM link_rows AS l
  JOIN identifier_rows AS i ON i.ordinal = l.a
  JOIN identifier_rows AS j ON j.ordinal = l.b
  LEFT JOIN identifier_rows AS p ON p.profile = i.profile
  AND p.ordinal = (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = i.profile)
  LEFT JOIN identifier_rows AS q ON q.profile = j.profile
  AND q.ordinal = (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = j.profile)
);
--> statement-breakpoint
CREATE VIEW `changes` (
  sequence, kind, at, at_ms, into_profile, from_profiles, cause, link_a, link_b, rule, identifier
) AS
-- What happened to people, in order, as it was told then: ids are those of that time. `from_profiles` is a JSON list, `cause` a JSON
-- object. A refusal has a link and a rule, a generic value its identifier.
SELECT c.sequence, c.kind, strftime('%Y-%m-%dT%H:%M:%fZ', c.at / 1000.0, 'unixepoch'), c.at, nullif(c."into", ''), c."from", c.cause,
  coalesce((SELECT i.namespace || ':' || i.value FROM identifier_rows AS i WHERE i.id = min(json_extract(c.details, '$.a'), json_extract(c.details, '$.b'))), min(json_extract(c.details, '$.a'), json_extract(c.details, '$.b'))),
  coalesce((SELECT i.namespace || ':' || i.value FROM identifier_rows AS i WHERE i.id = max(json_extract(c.details, '$.a'), json_extract(c.details, '$.b'))), max(json_extract(c.details, '$.a'), json_extract(c.details, '$.b'))),
  json_extract(c.details, '$.rule'),
  coalesce((SELECT i.namespace || ':' || i.value FROM identifier_rows AS i WHERE i.id = json_extract(c.details, '$.identifier')), json_extract(c.details, '$.identifier'))
FROM change_rows AS c;
