/** Commits one change set, with all that came with it, in one immediate transaction. */
import type { Commit, CommitOutcome } from "../store.ts";
import type { Bases, SqliteBasis } from "./basis.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareErasing } from "./erasing.ts";
import { prepareHistory } from "./history.ts";
import { prepareIdentities } from "./identities.ts";
import { prepareLinkChanges } from "./link-changes.ts";
import { prepareReceipts } from "./receipts.ts";
import { prepareRulings } from "./rulings.ts";

/** `own` is the number of this connection's commits so far. */
type CommitNow = (commit: Commit, basis: SqliteBasis, own: number) => CommitOutcome;

export function prepareCommit(database: SqliteDatabase, bases: Bases): CommitNow {
  const writeIdentities = prepareIdentities(database);
  const writeLinks = prepareLinkChanges(database);
  const rulings = prepareRulings(database);
  const writeHistory = prepareHistory(database);
  const erase = prepareErasing(database);
  const writeReceipts = prepareReceipts(database);
  const transaction = database.client.transaction(
    (commit: Commit, basis: SqliteBasis, own: number): CommitOutcome => {
      if (!bases.isCurrent(basis, own)) return "stale";
      const { changes, rules } = commit;
      if (rules !== undefined && !rulings.putRules(rules)) return "stale";
      const ordinalOf = writeIdentities(changes, basis);
      writeLinks(changes.links, ordinalOf);
      rulings.decide(changes.decisions, ordinalOf);
      rulings.report(changes.changes);
      writeHistory(changes, ordinalOf, basis);
      if (commit.erasure !== undefined) erase(commit.erasure, basis);
      writeReceipts(commit);
      return "committed";
    },
  );
  // Immediate: the lock is taken before anything is read, so nothing can change between the look and the write.
  return (commit, basis, own) => transaction.immediate(commit, basis, own);
}
