/** Reads the links for which events that go are evidence, and what the events that stay say of them. */
import { orderedEnds } from "../../identity/identifier.ts";
import type { Objection } from "../../identity/objection.ts";
import type { Link, Node, Trust } from "../../identity/types.ts";
import type { TouchedLink } from "../erasures.ts";
import { objectionOf, timeOf, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import type { Going } from "./going.ts";

/** Two ordinals, the lower one first. */
export type Pair = readonly [number, number];

interface LinkRow {
  readonly trust: Trust;
  readonly evidenceAt: number | null;
  readonly rule: Objection["rule"] | null;
  readonly subject: string | null;
}

interface EvidenceRow {
  readonly occurredAt: number;
  readonly timeGiven: Flag;
  readonly source: string;
}

export function prepareTouchedLinks({ client }: SqliteDatabase, going: Going) {
  const isEvidence = client
    .prepare<[identifier: number, home: number], 1>(
      `SELECT 1 FROM mentions WHERE identifier = ? AND home = ?
         AND event IN (SELECT number FROM temp.going_events) LIMIT 1`,
    )
    .pluck();
  const linkByEnds = client.prepare<[a: number, b: number], LinkRow>(
    `SELECT trust, evidence_at AS evidenceAt, rule, subject FROM link_rows
     WHERE a = ? AND eligible IN (0, 1) AND b = ?`,
  );
  const evidence = client.prepare<[identifier: number, home: number], EvidenceRow>(
    `SELECT m.occurred_at AS occurredAt, e.time_given AS timeGiven, e.source
     FROM mentions AS m CROSS JOIN event_rows AS e ON e.number = m.event
     WHERE m.identifier = ? AND m.home = ?
       AND m.event NOT IN (SELECT number FROM temp.going_events)
     ORDER BY m.occurred_at`,
  );
  return {
    /** The links for which an event that goes is evidence, by their ends. */
    pairs: (): Pair[] => {
      const pairs = new Map<string, Pair>();
      for (const home of going.homes())
        for (const other of going.neighboursOf(home)) {
          if (isEvidence.get(other, home) === undefined) continue;
          const pair: Pair = home < other ? [home, other] : [other, home];
          pairs.set(pair.join(), pair);
        }
      return [...pairs.values()];
    },
    /** `stays` where both ends do. */
    link: (
      [one, other]: Pair,
      nodeOf: (ordinal: number) => Node,
      stays: boolean,
      claimed: ReadonlySet<string>,
    ): TouchedLink => {
      const { trust, evidenceAt, rule, subject } = linkByEnds.get(one, other)!;
      const [a, b] = orderedEnds(nodeOf(one), nodeOf(other));
      const before = {
        trust,
        evidenceAt: timeOf(evidenceAt),
        objection: objectionOf(rule, subject),
      };
      const directions = [
        [one, other],
        [other, one],
      ] as const;
      // One after the other: a statement can be at work but once.
      const events = directions.map(
        ([identifier, home]) =>
          () =>
            evidence.iterate(identifier, home),
      );
      return { a, b, before, after: stays ? remaining(events, trust, claimed) : undefined };
    },
  };
}

/** What events say of a link, given in the order of their times for each direction; undefined where there are none. */
function remaining(
  directions: readonly (() => Iterable<EvidenceRow>)[],
  trust: Trust,
  claimed: ReadonlySet<string>,
): Pick<Link, "trust" | "evidenceAt"> | undefined {
  let isNamed = false;
  let isVerified = trust === "claimed";
  let evidenceAt: number | undefined;
  for (const eventsOf of directions) {
    let isDated = false;
    for (const { occurredAt, timeGiven, source } of eventsOf()) {
      isNamed = true;
      isVerified ||= !claimed.has(source);
      if (timeGiven === 1 && !isDated) {
        isDated = true;
        evidenceAt = Math.min(occurredAt, evidenceAt ?? occurredAt);
      }
      if (isDated && isVerified) break;
    }
  }
  if (!isNamed) return undefined;
  return { trust: isVerified ? trust : "claimed", evidenceAt };
}
