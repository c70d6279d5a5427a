CREATE TABLE `decisions` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`a` integer NOT NULL,
	`b` integer NOT NULL,
	`override` integer NOT NULL,
	`reason` text NOT NULL,
	`by` text,
	`at` integer NOT NULL,
	`taken_back_at` integer,
	`rule` text,
	`subject` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `decisions_id_unique` ON `decisions` (`id`);--> statement-breakpoint
CREATE INDEX `decisions_by_a` ON `decisions` (`a`) WHERE "decisions"."taken_back_at" IS NULL;--> statement-breakpoint
CREATE INDEX `decisions_by_b` ON `decisions` (`b`) WHERE "decisions"."taken_back_at" IS NULL;--> statement-breakpoint
CREATE TABLE `rules` (
	`version` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL
) STRICT;
--> statement-breakpoint
DROP INDEX `identifiers_by_profile`;--> statement-breakpoint
ALTER TABLE `identifiers` ADD `component` integer;--> statement-breakpoint
ALTER TABLE `identifiers` ADD `neighbours` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `identifiers` ADD `generic` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `identifiers_by_component` ON `identifiers` (`component`,`ordinal`,`namespace`) WHERE "identifiers"."component" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `identifiers_generic` ON `identifiers` (`generic`) WHERE "identifiers"."generic" = 1;--> statement-breakpoint
CREATE INDEX `identifiers_by_profile` ON `identifiers` (`profile`,`ordinal`,`namespace`);--> statement-breakpoint
CREATE TABLE `__new_links` (
	`a` integer NOT NULL,
	`eligible` integer NOT NULL,
	`b` integer NOT NULL,
	`trust` text NOT NULL,
	`evidence_at` integer,
	`rule` text,
	`subject` text,
	PRIMARY KEY(`a`, `eligible`, `b`)
) WITHOUT ROWID, STRICT;
--> statement-breakpoint
-- Evidence is the earliest event that named both, at home with either end, and gave a time of its own. Every link was
-- followed until now, as far as the database tells; the service folds it all again before it serves.
INSERT INTO `__new_links`("a", "eligible", "b", "trust", "evidence_at", "rule", "subject") SELECT "a", 1, "b", "trust", (
	SELECT min("at") FROM (
		SELECT "events"."occurred_at" AS "at" FROM `mentions` JOIN `events` ON "events"."number" = "mentions"."event"
		WHERE "mentions"."identifier" = "links"."a" AND "mentions"."home" = "links"."b" AND "events"."time_given" = 1
		UNION ALL
		SELECT "events"."occurred_at" FROM `mentions` JOIN `events` ON "events"."number" = "mentions"."event"
		WHERE "mentions"."identifier" = "links"."b" AND "mentions"."home" = "links"."a" AND "events"."time_given" = 1
	)
), NULL, NULL FROM `links`;--> statement-breakpoint
DROP TABLE `links`;--> statement-breakpoint
ALTER TABLE `__new_links` RENAME TO `links`;--> statement-breakpoint
CREATE INDEX `links_by_b` ON `links` (`b`);--> statement-breakpoint
CREATE INDEX `links_by_rule` ON `links` (`rule`) WHERE "links"."rule" IS NOT NULL;--> statement-breakpoint
ALTER TABLE `changes` ADD `details` text;
