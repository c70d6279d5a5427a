/**
 * Reads one graph. A component may have ten thousand identifiers and is read again with every link that a fold has to
 * look at, so rows come as plain arrays and nothing is looked up one by one.
 */
import type { Statement } from "better-sqlite3";
import type { Graph, GraphDecision, GraphLink, GraphNode } from "../../identity/graph.ts";
import type { Objection } from "../../identity/objection.ts";
import type { Counts } from "../../identity/rules.ts";
import type { DecisionId, ProfileId } from "../../identity/types.ts";
import type { SqliteBasis } from "./basis.ts";
import { componentKey, countsOf, objectionOf, timeOf, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";

/** What is read: the identifiers that bear a label, in one of the two columns of labels, or all. */
export type Scope = "component" | "profile" | "everything";

export const SCOPES: Readonly<Record<Scope, string>> = {
  component: "i.component = :label",
  profile: "i.profile = :label",
  everything: ":label IS NULL",
};

export interface Binding {
  readonly label: number | null;
}

/** All rows at once are read in two thirds of the time, one after the other in a small part of the memory. */
function rowsIn<Row>(scope: Scope, statement: Statement<[Binding], Row>, label: number | null) {
  return scope === "everything" ? statement.iterate({ label }) : statement.all({ label });
}

/** Most identifiers have one of a few texts for their neighbours, so each text is parsed once. */
function countsReader(): (text: string) => Counts {
  const read = new Map<string, Counts>();
  return (text) => {
    const counts = read.get(text) ?? countsOf(text);
    read.set(text, counts);
    return counts;
  };
}

type NodeRow = readonly [
  ordinal: number,
  id: ProfileId,
  namespace: string,
  value: string,
  profile: number,
  neighbours: string,
  component?: number | null,
];

type LinkRow = readonly [
  a: number,
  b: number,
  verified: Flag,
  evidenceAt: number | null,
  rule: Objection["rule"] | null,
  subject: string | null,
];

type DecisionRow = readonly [
  number: number,
  id: DecisionId,
  kind: GraphDecision["kind"],
  a: ProfileId,
  b: ProfileId,
  override: Flag,
  rule: Objection["rule"] | null,
  subject: string | null,
];

export function prepareGraph(database: SqliteDatabase, scope: Scope) {
  const nodesOf = prepareNodes(database, scope);
  const linksOf = prepareLinks(database, scope);
  const decisionsOf = prepareDecisions(database, scope);
  return (label: number | null, basis?: SqliteBasis): Graph => {
    const { nodes, places } = nodesOf(label, basis);
    return { nodes, links: linksOf(label, places), decisions: decisionsOf(label) };
  };
}

/** Where in a graph's nodes an ordinal stands. */
type Places = ReadonlyMap<number, number>;

function prepareNodes({ client }: SqliteDatabase, scope: Scope) {
  // Of one profile or component it is known which component that is, and a column less is read sooner.
  const component = scope === "everything" ? ", component" : "";
  const rowsOf = client
    .prepare<[Binding], NodeRow>(
      `SELECT ordinal, id, namespace, value, profile, neighbours${component}
       FROM identifiers AS i WHERE ${SCOPES[scope]} ORDER BY ordinal`,
    )
    .raw();
  return (label: number | null, basis: SqliteBasis | undefined) => {
    const nodes: GraphNode[] = [];
    const places = new Map<number, number>();
    // In order of receipt, so the first of a profile that is met is its founder.
    const founders = new Map<number, ProfileId>();
    const readCounts = countsReader();
    const common = scope === "component" ? label : null;
    for (const row of rowsIn(scope, rowsOf, label)) {
      const [ordinal, id, namespace, value, profile, neighbours, own = common] = row;
      const founder = founders.get(profile) ?? id;
      founders.set(profile, founder);
      places.set(ordinal, nodes.length);
      nodes.push({
        id,
        identifier: { namespace, value },
        order: ordinal,
        profile: founder,
        component: own === null ? undefined : componentKey(own),
        neighbours: readCounts(neighbours),
      });
      basis?.ordinals.set(id, ordinal);
    }
    if (basis !== undefined) for (const [profile, id] of founders) basis.profiles.set(id, profile);
    return { nodes, places };
  };
}

function prepareLinks({ client }: SqliteDatabase, scope: Scope) {
  // A component's links are found from its identifiers, which CROSS JOIN makes certain; those out of play lie apart.
  const from =
    scope === "everything"
      ? "links AS l WHERE :label IS NULL"
      : `identifiers AS i CROSS JOIN links AS l ON l.a = i.ordinal AND l.eligible = 1 WHERE ${SCOPES[scope]}`;
  const rowsOf = client
    .prepare<[Binding], LinkRow>(
      `SELECT l.a, l.b, l.trust = 'verified', l.evidence_at, l.rule, l.subject FROM ${from}`,
    )
    .raw();
  return (label: number | null, places: Places): GraphLink[] => {
    const links: GraphLink[] = [];
    for (const row of rowsIn(scope, rowsOf, label)) {
      const [left, right, verified, evidenceAt, rule, subject] = row;
      const [a, b] = [places.get(left), places.get(right)];
      if (a === undefined || b === undefined) continue;
      links.push({
        a,
        b,
        trust: verified === 1 ? "verified" : "claimed",
        evidenceAt: timeOf(evidenceAt),
        objection: objectionOf(rule, subject),
      });
    }
    return links;
  };
}

function prepareDecisions({ client }: SqliteDatabase, scope: Scope) {
  const standing = "d.taken_back_at IS NULL";
  const atEnd = (end: "a" | "b") =>
    `SELECT d.* FROM identifiers AS i CROSS JOIN decisions AS d ON d.${end} = i.ordinal AND ${standing}
     WHERE ${SCOPES[scope]}`;
  const found =
    scope === "everything"
      ? `SELECT d.* FROM decisions AS d WHERE ${standing} AND :label IS NULL`
      : `${atEnd("a")} UNION ${atEnd("b")}`;
  const rowsOf = client
    .prepare<[Binding], DecisionRow>(
      `SELECT d.number, d.id, d.kind, a.id, b.id, d.override, d.rule, d.subject FROM (${found}) AS d
       CROSS JOIN identifiers AS a ON a.ordinal = d.a CROSS JOIN identifiers AS b ON b.ordinal = d.b
       ORDER BY d.number`,
    )
    .raw();
  return (label: number | null): GraphDecision[] =>
    rowsOf.all({ label }).map(([, id, kind, a, b, override, rule, subject]) => ({
      id,
      kind,
      a,
      b,
      override: override === 1,
      objection: objectionOf(rule, subject),
    }));
}
