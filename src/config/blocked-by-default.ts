/**
 * Senders of machines, not people: the local parts of RFC 2142 and RFC 3834 that nobody reads. `noreply@github.com`
 * alone stands in a dozen of GitHub's own example payloads as the committer.
 */
import type { BlockPattern } from "../../schema/config.ts";

/** The built-in lists of blocked values by namespace; they hold where the configuration gives the namespace no list. */
export const BLOCKED_BY_DEFAULT: ReadonlyMap<string, readonly BlockPattern[]> = new Map([
  [
    "email",
    [
      "noreply@*",
      "no-reply@*",
      "no_reply@*",
      "donotreply@*",
      "do-not-reply@*",
      "do_not_reply@*",
      "mailer-daemon@*",
      "postmaster@*",
    ],
  ],
]);
