/**
 * Reads one graph. A component may have ten thousand identifiers and is read again with every link that a fold has to
 * look at, so rows come as plain arrays of few columns and nothing is looked up one by one.
 */
import type {
  CountedGraph,
  CountedNode,
  Graph,
  GraphDecision,
  GraphLink,
  GraphNode,
} from "../../identity/graph.ts";
import type { Objection } from "../../identity/objection.ts";
import type { DecisionId, ProfileId } from "../../identity/types.ts";
import type { SqliteBasis } from "./basis.ts";
import { componentKey, countsOf, objectionOf, timeOf, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import type { KnownIdentifiers } from "./known-identifiers.ts";

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

type NodeRow = readonly [ordinal: number, profile: number, generic: Flag];

type WholeRow = readonly [
  ...NodeRow,
  component: number | null,
  id: ProfileId,
  namespace: string,
  value: string,
  neighbours: string,
];

type LinkRow = readonly [
  a: number,
  b: number,
  verified: Flag,
  evidenceAt: number | null,
  /** Both in one column: nearly every link has none, and every column costs. */
  objection: string | null,
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

export function prepareGraph(
  database: SqliteDatabase,
  scope: "component" | "profile",
  known: KnownIdentifiers,
) {
  const nodesOf = prepareNodes(database, scope, known);
  const linksOf = prepareLinks(database, scope);
  const decisionsOf = prepareDecisions(database, scope);
  return (label: number, basis: SqliteBasis): Graph => {
    const { nodes, places } = nodesOf(label, basis);
    return { nodes, links: linksOf(label, places), decisions: decisionsOf(label) };
  };
}

export function prepareWholeGraph(database: SqliteDatabase) {
  const allNodes = prepareAllNodes(database);
  const linksOf = prepareLinks(database, "everything");
  const decisionsOf = prepareDecisions(database, "everything");
  return (basis: SqliteBasis): CountedGraph => {
    const { nodes, places } = allNodes(basis);
    return { nodes, links: linksOf(null, places), decisions: decisionsOf(null) };
  };
}

/** Where in a graph's nodes an ordinal stands. */
type Places = ReadonlyMap<number, number>;

/** Notes who stands where in a graph, and for the commit that may follow, under which numbers the store knows him. */
class NodeList<Row extends GraphNode> {
  readonly nodes: Row[] = [];
  readonly places = new Map<number, number>();
  /** In order of receipt, so the first of a profile that is met is its founder. */
  readonly #founders = new Map<number, ProfileId>();
  readonly #basis: SqliteBasis;

  constructor(basis: SqliteBasis) {
    this.#basis = basis;
  }

  founderOf(profile: number, id: ProfileId): ProfileId {
    const founder = this.#founders.get(profile);
    if (founder !== undefined) return founder;
    this.#founders.set(profile, id);
    this.#basis.profiles.set(id, profile);
    return id;
  }

  add(node: Row): void {
    this.places.set(node.order, this.nodes.length);
    this.nodes.push(node);
  }
}

/** The identifiers of one component; `key` is set where it is not plain. */
function prepareNodes(
  { client }: SqliteDatabase,
  scope: "component" | "profile",
  known: KnownIdentifiers,
) {
  const rowsOf = client
    .prepare<[Binding], NodeRow>(
      `SELECT ordinal, profile, generic FROM identifier_rows AS i WHERE ${SCOPES[scope]} ORDER BY ordinal`,
    )
    .raw();
  return (label: number, basis: SqliteBasis): NodeList<GraphNode> => {
    const list = new NodeList<GraphNode>(basis);
    const nodeOf = known.of(basis);
    const component = scope === "component" ? componentKey(label) : undefined;
    for (const [ordinal, profile, generic] of rowsOf.all({ label })) {
      const { id, identifier } = nodeOf(ordinal);
      const founder = list.founderOf(profile, id);
      const isGeneric = generic === 1;
      list.add({ id, identifier, order: ordinal, profile: founder, component, generic: isGeneric });
    }
    basis.ordinals.addAll(list.nodes);
    return list;
  };
}

/** All identifiers. */
function prepareAllNodes({ client }: SqliteDatabase) {
  const rows = client
    .prepare<[], WholeRow>(
      `SELECT ordinal, profile, generic, component, id, namespace, value, neighbours
       FROM identifier_rows ORDER BY ordinal`,
    )
    .raw();
  return (basis: SqliteBasis): NodeList<CountedNode> => {
    const list = new NodeList<CountedNode>(basis);
    for (const row of rows.iterate()) {
      const [ordinal, profile, generic, component, id, namespace, value, neighbours] = row;
      list.add({
        id,
        identifier: { namespace, value },
        order: ordinal,
        profile: list.founderOf(profile, id),
        component: component === null ? undefined : componentKey(component),
        generic: generic === 1,
        neighbours: countsOf(neighbours),
      });
    }
    basis.ordinals.addAll(list.nodes);
    return list;
  };
}

function prepareLinks({ client }: SqliteDatabase, scope: Scope) {
  // A component's links are found from its identifiers, which CROSS JOIN makes certain; those out of play lie apart.
  const from =
    scope === "everything"
      ? "link_rows AS l WHERE :label IS NULL"
      : `identifier_rows AS i CROSS JOIN link_rows AS l ON l.a = i.ordinal AND l.eligible = 1 WHERE ${SCOPES[scope]}`;
  const rowsOf = client
    .prepare<[Binding], LinkRow>(
      `SELECT l.a, l.b, l.trust = 'verified', l.evidence_at, l.rule || ' ' || l.subject FROM ${from}`,
    )
    .raw();
  return (label: number | null, places: Places): GraphLink[] => {
    const links: GraphLink[] = [];
    // All at once takes two thirds of the time that one after the other takes, and more memory.
    const rows = scope === "everything" ? rowsOf.iterate({ label }) : rowsOf.all({ label });
    for (const row of rows) {
      const a = places.get(row[0]);
      const b = places.get(row[1]);
      if (a === undefined || b === undefined) continue;
      const [, , verified, evidenceAt, objection] = row;
      links.push({
        a,
        b,
        trust: verified === 1 ? "verified" : "claimed",
        evidenceAt: timeOf(evidenceAt),
        objection: objection === null ? undefined : objectionIn(objection),
      });
    }
    return links;
  };
}

/** The rule has no space in it, the subject may. */
function objectionIn(text: string): Objection {
  const space = text.indexOf(" ");
  return { rule: text.slice(0, space) as Objection["rule"], subject: text.slice(space + 1) };
}

function prepareDecisions({ client }: SqliteDatabase, scope: Scope) {
  const standing = "d.taken_back_at IS NULL";
  const atEnd = (end: "a" | "b") =>
    `SELECT d.* FROM identifier_rows AS i CROSS JOIN decisions AS d ON d.${end} = i.ordinal AND ${standing}
     WHERE ${SCOPES[scope]}`;
  const found =
    scope === "everything"
      ? `SELECT d.* FROM decisions AS d WHERE ${standing} AND :label IS NULL`
      : `${atEnd("a")} UNION ${atEnd("b")}`;
  const rowsOf = client
    .prepare<[Binding], DecisionRow>(
      `SELECT d.number, d.id, d.kind, a.id, b.id, d.override, d.rule, d.subject FROM (${found}) AS d
       CROSS JOIN identifier_rows AS a ON a.ordinal = d.a CROSS JOIN identifier_rows AS b ON b.ordinal = d.b
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
