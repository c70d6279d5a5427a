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

