CREATE TABLE `changes` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`into` text NOT NULL,
	`from` text NOT NULL,
	`cause` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `events` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`source` text NOT NULL,
	`key` text NOT NULL,
	`type` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`time_given` integer NOT NULL,
	`received_at` integer NOT NULL,
	`home` integer,
	`delivery` text NOT NULL,
	`payload` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `events_id_unique` ON `events` (`id`);--> statement-breakpoint
CREATE INDEX `events_by_home` ON `events` (`home`,`occurred_at`) WHERE "events"."home" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `identifiers` (
	`ordinal` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`namespace` text NOT NULL,
	`value` text NOT NULL,
	`profile` integer NOT NULL,
	`founded` integer NOT NULL,
	`sources` text NOT NULL,
	`first_received_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `identifiers_id_unique` ON `identifiers` (`id`);--> statement-breakpoint
CREATE INDEX `identifiers_by_profile` ON `identifiers` (`profile`);--> statement-breakpoint
CREATE TABLE `links` (
	`a` integer NOT NULL,
	`b` integer NOT NULL,
	`trust` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	PRIMARY KEY(`a`, `b`)
) WITHOUT ROWID, STRICT;
--> statement-breakpoint
CREATE INDEX `links_by_b` ON `links` (`b`);--> statement-breakpoint
CREATE TABLE `mentions` (
	`identifier` integer NOT NULL,
	`home` integer NOT NULL,
	`occurred_at` integer NOT NULL,
	`event` integer NOT NULL,
	PRIMARY KEY(`identifier`, `home`, `occurred_at`, `event`)
) WITHOUT ROWID, STRICT;
--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) WITHOUT ROWID, STRICT;
--> statement-breakpoint
CREATE TABLE `quarantine` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`source` text NOT NULL,
	`key` text NOT NULL,
	`delivery` text NOT NULL,
	`received_at` integer NOT NULL,
	`reason` text NOT NULL,
	`url_event_type` text,
	`content_type` text NOT NULL,
	`headers` text NOT NULL,
	`query` text NOT NULL,
	`body` blob NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `quarantine_id_unique` ON `quarantine` (`id`);--> statement-breakpoint
CREATE TABLE `tallies` (
	`source` text NOT NULL,
	`outcome` text NOT NULL,
	`deliveries` integer NOT NULL,
	`events` integer NOT NULL,
	PRIMARY KEY(`source`, `outcome`)
) WITHOUT ROWID, STRICT;
--> statement-breakpoint
CREATE TABLE `traits` (
	`identifier` integer NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`at` integer NOT NULL,
	`time_given` integer NOT NULL,
	`source` text NOT NULL,
	`key` text NOT NULL,
	`event` text NOT NULL,
	PRIMARY KEY(`identifier`, `name`)
) WITHOUT ROWID, STRICT;
