/** Reads what goes with a person, and whom that touches, in one transaction. */
import type { ComponentKey } from "../../identity/graph.ts";
import type { EventId, Node, ProfileId } from "../../identity/types.ts";
import type { Bystander, FootprintRequest, GoingIdentifier, LostTraits } from "../erasures.ts";
import type { LoadedFootprint } from "../store.ts";
import type { Bases, SqliteBasis } from "./basis.ts";
import { componentKey, countsOf, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareGoing } from "./going.ts";
import { prepareTouchedLinks } from "./touched-links.ts";

interface Row {
  readonly ordinal: number;
  readonly id: ProfileId;
  readonly namespace: string;
  readonly value: string;
  readonly profile: number;
  readonly component: number | null;
  readonly neighbours: string;
  readonly generic: Flag;
  readonly founded: Flag;
}

const COLUMNS = "ordinal, id, namespace, value, profile, component, neighbours, generic, founded";

type Read = (request: FootprintRequest, own: number) => LoadedFootprint | undefined;

/** Prepared at the first use, which makes temporary tables: a process that erases nobody has none. */
export function prepareFootprint(database: SqliteDatabase, bases: Bases): Read {
  let prepared: Read | undefined;
  return (request, own) => {
    prepared ??= prepareRead(database, bases);
    return prepared(request, own);
  };
}

function prepareRead(database: SqliteDatabase, bases: Bases): Read {
  const { client } = database;
  const going = prepareGoing(database);
  const rows = prepareRows(database);
  const touched = prepareTouchedLinks(database, going);
  const isNamedStill = prepareNamed(database);
  const count = prepareCounts(database);
  const lostTraits = prepareLostTraits(database);
  const rulesVersion = client.prepare<[], number | null>("SELECT max(version) FROM rules").pluck();

  return client.transaction((request: FootprintRequest, own: number) => {
    const basis = bases.begin(own);
    const members = rows.ofPerson(request.profile);
    if (members.length === 0) return undefined;
    const leaving = new Set(members.map(({ ordinal }) => ordinal));
    going.begin([...leaving]);
    const events = count.events();
    const pairs = touched.pairs();
    const named = [...new Set([...going.homes(), ...pairs.flat()])];
    const others = rows.withOrdinals(named.filter((ordinal) => !leaving.has(ordinal)));
    const orphans = others.filter(({ ordinal }) => !isNamedStill(ordinal));
    for (const { ordinal } of orphans) leaving.add(ordinal);
    going.add(orphans.map(({ ordinal }) => ordinal));

    const all = new Map([...members, ...others].map((row) => [row.ordinal, row] as const));
    for (const { id, ordinal } of all.values()) basis.ordinals.set(id, ordinal);
    const stays = (ordinal: number) => !leaving.has(ordinal);
    const nodeAt = (ordinal: number) => nodeOf(all.get(ordinal)!);
    const links = pairs
      .filter((pair) => pair.some(stays))
      .map((pair) => ({ isInner: pair.every(stays), pair }))
      .map(({ isInner, pair }) => ({
        isInner,
        link: touched.link(pair, nodeAt, isInner, request.claimed),
      }));
    const lost = links.filter(({ isInner, link }) => isInner && link.after === undefined);
    const founderOf = rows.founders(basis);
    const goingOf = (row: Row): GoingIdentifier => ({
      node: nodeOf(row),
      founded: row.founded === 1,
      profile: founderOf(row.profile),
    });
    const keyOf = ({ component, profile }: Row): ComponentKey => {
      const founder = founderOf(profile);
      return component === null ? founder : componentKey(component);
    };
    return {
      basis,
      rulesVersion: rulesVersion.get() ?? 0,
      profile: founderOf(members[0]!.profile),
      members: members.map(goingOf),
      orphans: orphans.map(goingOf),
      bystanders: others.filter(({ ordinal }) => stays(ordinal)).map(bystanderOf),
      links: links.map(({ link }) => link),
      lostTraits: lostTraits(others.filter(({ ordinal }) => stays(ordinal))),
      components: [...new Set([...all.values(), ...rows.atDecisions()].map(keyOf))],
      deliveries: count.keptDeliveries(),
      counts: {
        identifiers: members.length,
        ...events,
        identifiersOfOthers: orphans.length,
        ...count.rows(lost.length),
      },
    };
  });
}

function nodeOf({ id, namespace, value }: Row): Node {
  return { id, identifier: { namespace, value } };
}

function bystanderOf(row: Row): Bystander {
  return { node: nodeOf(row), neighbours: countsOf(row.neighbours), generic: row.generic === 1 };
}

function prepareRows({ client }: SqliteDatabase) {
  const ofPerson = client.prepare<[ProfileId], Row>(
    `SELECT ${COLUMNS} FROM identifier_rows
     WHERE profile = (SELECT profile FROM identifier_rows WHERE id = ?) ORDER BY ordinal`,
  );
  const byOrdinal = client.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM identifier_rows WHERE ordinal = ?`,
  );
  const founder = client.prepare<[number], { ordinal: number; id: ProfileId }>(
    "SELECT ordinal, id FROM identifier_rows WHERE profile = ? ORDER BY ordinal LIMIT 1",
  );
  const atDecisions = client.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM identifier_rows WHERE ordinal IN (
       SELECT a FROM decisions WHERE b IN (SELECT ordinal FROM temp.going_identifiers)
       UNION SELECT b FROM decisions WHERE a IN (SELECT ordinal FROM temp.going_identifiers))`,
  );
  return {
    ofPerson: (id: ProfileId): Row[] => ofPerson.all(id),
    /** In the order of first receipt. */
    withOrdinals: (ordinals: readonly number[]): Row[] =>
      ordinals.toSorted((left, right) => left - right).map((ordinal) => byOrdinal.get(ordinal)!),
    /** The other ends of the decisions that go. */
    atDecisions: (): Row[] => atDecisions.all(),
    /** The canonical ids of profiles by their labels, which are noted for the commit. */
    founders: (basis: SqliteBasis): ((profile: number) => ProfileId) => {
      const known = new Map<number, ProfileId>();
      return (profile) => {
        const standing = known.get(profile);
        if (standing !== undefined) return standing;
        const { id, ordinal } = founder.get(profile)!;
        known.set(profile, id);
        basis.profiles.set(id, profile);
        basis.ordinals.set(id, ordinal);
        return id;
      };
    },
  };
}

function prepareNamed({ client }: SqliteDatabase): (ordinal: number) => boolean {
  const named = client.prepare<[{ ordinal: number }], 1>(
    `SELECT 1 WHERE EXISTS (
       SELECT 1 FROM event_rows
       WHERE home = :ordinal AND number NOT IN (SELECT number FROM temp.going_events))
     OR EXISTS (
       SELECT 1 FROM mentions
       WHERE identifier = :ordinal AND event NOT IN (SELECT number FROM temp.going_events))`,
  );
  return (ordinal) => named.get({ ordinal }) !== undefined;
}

function prepareLostTraits({ client }: SqliteDatabase) {
  const names = client
    .prepare<[home: number], string>(
      `SELECT name FROM trait_rows WHERE identifier = ? AND
         (SELECT number FROM event_rows WHERE id = trait_rows.event) IN (SELECT number FROM temp.going_events)`,
    )
    .pluck();
  const eventsAt = client
    .prepare<[home: number], EventId>(
      `SELECT e.id FROM temp.going_events AS g CROSS JOIN event_rows AS e ON e.number = g.number
       WHERE g.home = ?`,
    )
    .pluck();
  return (rows: readonly Row[]): LostTraits[] =>
    rows.flatMap(({ ordinal, id }) => {
      const lost = names.all(ordinal);
      if (lost.length === 0) return [];
      return [{ profile: id, names: lost, events: new Set(eventsAt.all(ordinal)) }];
    });
}

function prepareCounts({ client }: SqliteDatabase) {
  const number = (select: string) => client.prepare<[], number>(select).pluck();
  const isGoing = (column: string) => `${column} IN (SELECT ordinal FROM temp.going_identifiers)`;
  const allEvents = number("SELECT count(*) FROM temp.going_events");
  const ownEvents = number(`SELECT count(*) FROM temp.going_events WHERE ${isGoing("home")}`);
  const traits = number(
    `SELECT count(*) FROM (SELECT DISTINCT home FROM temp.going_events) AS h
     CROSS JOIN trait_rows AS t ON t.identifier = h.home
     WHERE ${isGoing("h.home")} OR EXISTS (
       SELECT 1 FROM event_rows AS e CROSS JOIN temp.going_events AS g ON g.number = e.number
       WHERE e.id = t.event)`,
  );
  const linksAt = (end: "a" | "b") =>
    `SELECT l.a, l.b FROM temp.going_identifiers AS i CROSS JOIN link_rows AS l ON l.${end} = i.ordinal`;
  const links = number(`SELECT count(*) FROM (${linksAt("a")} UNION ${linksAt("b")})`);
  const decisions = number(
    `SELECT count(*) FROM decisions WHERE ${isGoing("a")} OR ${isGoing("b")}`,
  );
  const kept = client
    .prepare<[], string>(
      `SELECT DISTINCT k.id FROM temp.going_events AS g
       CROSS JOIN event_rows AS e ON e.number = g.number
       CROSS JOIN kept_deliveries AS k ON k.id = e.delivery`,
    )
    .pluck();
  return {
    /** To be asked before the orphans are added. */
    events: () => {
      const events = ownEvents.get()!;
      return { events, eventsOfOthers: allEvents.get()! - events };
    },
    /** `lost` is how many links of those who stay go besides. */
    rows: (lost: number) => ({
      traits: traits.get()!,
      links: links.get()! + lost,
      decisions: decisions.get()!,
    }),
    keptDeliveries: (): string[] => kept.all(),
  };
}
