/** Reads what a fold needs: components whole, or counted, or the whole database; each in one read transaction. */
import type { Found, Missing } from "../../identity/change-set.ts";
import type { ComponentKey, Graph } from "../../identity/graph.ts";
import type { Counts } from "../../identity/rules.ts";
import type { ProfileId } from "../../identity/types.ts";
import type { WholeGraph } from "../store.ts";
import type { Bases, SqliteBasis } from "./basis.ts";
import { componentLabel } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareGraph, prepareWholeGraph, SCOPES, type Binding } from "./graph-of.ts";
import type { KnownIdentifiers } from "./known-identifiers.ts";

export interface Graphs {
  readonly deepen: (missing: Missing, basis: SqliteBasis, own: number) => Found | "stale";
  readonly readGraph: (own: number) => WholeGraph;
  readonly component: (id: ProfileId, own: number) => Graph | undefined;
}

export function prepareGraphs(
  database: SqliteDatabase,
  bases: Bases,
  known: KnownIdentifiers,
): Graphs {
  const { client } = database;
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
    "SELECT profile, component FROM identifier_rows WHERE id = ?",
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
  const rulesVersion = client.prepare<[], number | null>("SELECT max(version) FROM rules").pluck();
  const readGraph = client.transaction((own: number): WholeGraph => {
    const basis = bases.begin(own);
    return { graph: readWhole(basis), basis, rulesVersion: rulesVersion.get() ?? 0 };
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
      `SELECT namespace, count(*) FROM identifier_rows AS i WHERE ${SCOPES[scope]} GROUP BY namespace`,
    )
    .raw();
  return (label: number): Counts => Object.fromEntries(countByNamespace.all({ label }));
}
