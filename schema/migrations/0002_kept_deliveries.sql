CREATE TABLE `kept_deliveries` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`source` text NOT NULL,
	`received_at` integer NOT NULL,
	`event_count` integer NOT NULL,
	`settled` text,
	`url_event_type` text,
	`content_type` text,
	`headers` text NOT NULL,
	`query` text NOT NULL,
	`body` blob NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `kept_deliveries_id_unique` ON `kept_deliveries` (`id`);--> statement-breakpoint
CREATE INDEX `events_by_delivery` ON `events` (`delivery`);--> statement-breakpoint
ALTER TABLE `quarantine` ADD `place` integer;--> statement-breakpoint
CREATE INDEX `quarantine_by_delivery` ON `quarantine` (`delivery`);--> statement-breakpoint
-- Until now every event had a copy of its body. One event alone is the delivery; several were elements of a list, of
-- which they make one again.
INSERT INTO `kept_deliveries`("id", "source", "received_at", "event_count", "settled", "url_event_type", "content_type", "headers", "query", "body")
SELECT "delivery", "source", "received_at", "rows", CASE
		WHEN EXISTS (SELECT 1 FROM `events` WHERE "events"."delivery" = "first"."delivery" AND "home" IS NOT NULL) THEN 'accepted'
		WHEN EXISTS (SELECT 1 FROM `events` WHERE "events"."delivery" = "first"."delivery") THEN 'anonymous'
	END, "url_event_type", CASE "rows" WHEN 1 THEN "content_type" ELSE 'application/json' END, "headers", "query",
	CASE "rows" WHEN 1 THEN "body" ELSE (
		SELECT CAST('[' || group_concat(CAST("body" AS TEXT), ',' ORDER BY "number") || ']' AS BLOB)
		FROM `quarantine` WHERE "quarantine"."delivery" = "first"."delivery"
	) END
FROM (
	SELECT *, count(*) OVER (PARTITION BY "delivery") AS "rows", row_number() OVER (PARTITION BY "delivery" ORDER BY "number") AS "place_of_row"
	FROM `quarantine`
) AS "first" WHERE "place_of_row" = 1 ORDER BY "number";--> statement-breakpoint
UPDATE `quarantine` SET "place" = (
	SELECT count(*) FROM `quarantine` AS "before" WHERE "before"."delivery" = "quarantine"."delivery" AND "before"."number" < "quarantine"."number"
) WHERE (SELECT "event_count" FROM `kept_deliveries` WHERE "id" = "quarantine"."delivery") > 1;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `received_at`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `url_event_type`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `content_type`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `headers`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `query`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `body`;
