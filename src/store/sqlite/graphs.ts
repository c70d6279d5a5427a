/**
 * Reads graphs: components whole, or the whole database. A component may have ten thousand identifiers and is read
 * again with every link that a fold has to look at, so rows come as plain arrays and nothing is looked up one by one.
 */
import type { Found, Missing } from "../../identity/change-set.ts";
import type {
  ComponentKey,
  CountedGraph,
  CountedNode,
  Graph,
  GraphDecision,
  GraphLink,
  GraphNode,
} from "../../identity/graph.ts";
import type { Objection } from "../../identity/objection.ts";
import type { Counts } from "../../identity/rules.ts";
import type { DecisionId, ProfileId } from "../../identity/types.ts";
import type { WholeGraph } from "../store.ts";
import type { Bases, SqliteBasis } from "./basis.ts";
import {
  componentKey,
  componentLabel,
  countsOf,
  objectionOf,
  timeOf,
  type Flag,
} from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareKnownIdentifiers, type KnownIdentifiers } from "./known-identifiers.ts";

/** What is read: the identifiers that bear a label, in one of the two columns of labels, or all. */
type Scope = "component" | "profile" | "everything";

const SCOPES: Readonly<Record<Scope, string>> = {
  component: "i.component = :label",
  profile: "i.profile = :label",
  everything: ":label IS NULL",
};

interface Binding {
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

export interface Graphs {
  readonly deepen: (missing: Missing, basis: SqliteBasis, own: number) => Found | "stale";
  readonly readGraph: (own: number) => WholeGraph;
  readonly component: (id: ProfileId, own: number) => Graph | undefined;
}

export function prepareGraphs(database: SqliteDatabase, bases: Bases): Graphs {
  const { client } = database;
  const known = prepareKnownIdentifiers(database);
  const read = {
    component: prepareGraph(database, "component", known),
    profile: prepareGraph(database, "profile", known),
  };
  const readWhole = prepareWholeGraph(database);
  const count = {
    component: prepareCount(database, "component"),
    profile: prepareCount(database, "profile"),
  };
  const labelsOf = client.prepare<[ProfileId], { profile: number; component: number | null }>(
    "SELECT profile, component FROM identifiers WHERE id = ?",
  );
  /** A key that the basis knows as a profile is that of a plain component. */
  const find = (key: ComponentKey, { profiles }: SqliteBasis) => {
    const profile = profiles.get(key);
    return profile === undefined
      ? ({ scope: "component", label: componentLabel(key) } as const)
      : ({ scope: "profile", label: profile } as const);
  };

  const deepen = client.transaction(
    (missing: Missing, basis: SqliteBasis, own: number): Found | "stale" => {
      if (!bases.isCurrent(basis, own)) return "stale";
      const counts = new Map<ComponentKey, Counts>();
      const contents = new Map<ComponentKey, Graph>();
      // The keys are looked up in what the load saw, and reading contents adds to that.
      const counted = missing.counts.map((key) => [key, find(key, basis)] as const);
      const wanted = missing.contents.map((key) => [key, find(key, basis)] as const);
      for (const [key, { scope, label }] of counted) counts.set(key, count[scope](label));
      for (const [key, { scope, label }] of wanted) contents.set(key, read[scope](label, basis));
      return { counts, contents };
    },
  );
  const readGraph = client.transaction((own: number): WholeGraph => {
    const basis = bases.begin(own);
    return { graph: readWhole(basis), basis };
  });
  const component = client.transaction((id: ProfileId, own: number): Graph | undefined => {
    const basis = bases.begin(own);
    const labels = labelsOf.get(id);
    if (labels === undefined) return undefined;
    return labels.component === null
      ? read.profile(labels.profile, basis)
      : read.component(labels.component, basis);
  });
  return { deepen, readGraph, component };
}

function prepareCount({ client }: SqliteDatabase, scope: "component" | "profile") {
  const countByNamespace = client
    .prepare<[Binding], readonly [namespace: string, count: number]>(
      `SELECT namespace, count(*) FROM identifiers AS i WHERE ${SCOPES[scope]} GROUP BY namespace`,
    )
    .raw();
  return (label: number): Counts => Object.fromEntries(countByNamespace.all({ label }));
}

function prepareGraph(
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

function prepareWholeGraph(database: SqliteDatabase) {
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

  add(ordinal: number, node: Row): void {
    this.places.set(ordinal, this.nodes.length);
    this.nodes.push(node);
    this.#basis.ordinals.set(node.id, ordinal);
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
      `SELECT ordinal, profile, generic FROM identifiers AS i WHERE ${SCOPES[scope]} ORDER BY ordinal`,
    )
    .raw();
  return (label: number, basis: SqliteBasis): NodeList<GraphNode> => {
    const list = new NodeList<GraphNode>(basis);
    const nodeOf = known.of(basis);
    const component = scope === "component" ? componentKey(label) : undefined;
    for (const [ordinal, profile, generic] of rowsOf.all({ label })) {
      const { id, identifier } = nodeOf(ordinal);
      const founder = list.founderOf(profile, id);
      const node = { id, identifier, order: ordinal, profile: founder, component };
      list.add(ordinal, { ...node, generic: generic === 1 });
    }
    return list;
  };
}

/** All identifiers. */
function prepareAllNodes({ client }: SqliteDatabase) {
  const rows = client
    .prepare<[], WholeRow>(
      `SELECT ordinal, profile, generic, component, id, namespace, value, neighbours
       FROM identifiers ORDER BY ordinal`,
    )
    .raw();
  return (basis: SqliteBasis): NodeList<CountedNode> => {
    const list = new NodeList<CountedNode>(basis);
    for (const row of rows.iterate()) {
      const [ordinal, profile, generic, component, id, namespace, value, neighbours] = row;
      list.add(ordinal, {
        id,
        identifier: { namespace, value },
        order: ordinal,
        profile: list.founderOf(profile, id),
        component: component === null ? undefined : componentKey(component),
        generic: generic === 1,
        neighbours: countsOf(neighbours),
      });
    }
    return list;
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
      `SELECT l.a, l.b, l.trust = 'verified', l.evidence_at, l.rule || ' ' || l.subject FROM ${from}`,
    )
    .raw();
  return (label: number | null, places: Places): GraphLink[] => {
    const links: GraphLink[] = [];
    for (const [left, right, verified, evidenceAt, objection] of rowsOf.iterate({ label })) {
      const [a, b] = [places.get(left), places.get(right)];
      if (a === undefined || b === undefined) continue;
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
