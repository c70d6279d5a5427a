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
-- Until now every event had a copy of its body. One event alone is the delivery; others were elements of a list, of which
-- they make one again. Where a key ends with the element's number behind a line break, the request gave the id of all of
-- them: the element keeps that place, or its key would be another's when it is replayed.
UPDATE `quarantine` SET "place" = "placed"."place_in_list"
FROM (
	SELECT "number" AS "row", "rows", "last_known", coalesce("known", coalesce("last_known", -1) + "rank") AS "place_in_list"
	FROM (
		SELECT "number", "known", count(*) OVER (PARTITION BY "delivery") AS "rows",
			max("known") OVER (PARTITION BY "delivery") AS "last_known",
			row_number() OVER (PARTITION BY "delivery", "known" IS NULL ORDER BY "number") AS "rank"
		FROM (
			SELECT "number", "delivery", CASE
				WHEN "key" NOT LIKE 'sha256:%' AND instr("key", char(10)) > 0
				THEN CAST(substr("key", instr("key", char(10)) + 1) AS INTEGER)
			END AS "known" FROM `quarantine`
		)
	)
) AS "placed"
WHERE "placed"."row" = `quarantine`."number" AND ("rows" > 1 OR "last_known" IS NOT NULL);--> statement-breakpoint
-- Elements that were stored leave a null in their place, which is taken for nothing.
INSERT INTO `kept_deliveries`("id", "source", "received_at", "event_count", "settled", "url_event_type", "content_type", "headers", "query", "body")
WITH RECURSIVE "places"("at") AS (
	SELECT 0 UNION ALL SELECT "at" + 1 FROM "places" WHERE "at" < (SELECT max("place") FROM `quarantine`)
)
SELECT "delivery", "source", "received_at", coalesce("last_place" + 1, 1), CASE
		WHEN EXISTS (SELECT 1 FROM `events` WHERE "events"."delivery" = "first"."delivery" AND "home" IS NOT NULL) THEN 'accepted'
		WHEN EXISTS (SELECT 1 FROM `events` WHERE "events"."delivery" = "first"."delivery") THEN 'anonymous'
	END, "url_event_type", iif("last_place" IS NULL, "content_type", 'application/json'), "headers", "query",
	CASE WHEN "last_place" IS NULL THEN "body" ELSE (
		SELECT CAST('[' || group_concat(coalesce(CAST("element"."body" AS TEXT), 'null'), ',' ORDER BY "at") || ']' AS BLOB)
		FROM "places" LEFT JOIN `quarantine` AS "element" ON "element"."delivery" = "first"."delivery" AND "element"."place" = "at"
		WHERE "at" <= "last_place"
	) END
FROM (
	SELECT *, max("place") OVER (PARTITION BY "delivery") AS "last_place",
		row_number() OVER (PARTITION BY "delivery" ORDER BY "number") AS "rank"
	FROM `quarantine`
) AS "first" WHERE "rank" = 1 ORDER BY "number";--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `body`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `received_at`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `url_event_type`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `content_type`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `headers`;--> statement-breakpoint
ALTER TABLE `quarantine` DROP COLUMN `query`;
