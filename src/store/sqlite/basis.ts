/**
 * What a load leaves for the commit that is computed from it: the numbers behind the ids, and the state of the database
 * they are of. Other processes may commit at any time; this is how it is noticed.
 */
import type { GraphNode } from "../../identity/graph.ts";
import type { ProfileId, Stamp } from "../../identity/types.ts";
import type { Basis } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";

export interface SqliteBasis extends Basis {
  readonly store: "sqlite";
  readonly version: Version;
  /** The ordinals of identifiers; whatever is read on the same basis adds to them. */
  readonly ordinals: Ordinals;
  /** The labels of canonical profiles, by canonical id; these are added to likewise. */
  readonly profiles: Map<ProfileId, number>;
  /** The traits that were asked for and are there, by `traitKey`. */
  readonly traits: Map<string, Stamp>;
}

/** Other connections' commits, by SQLite's own count, and this connection's, which that count leaves out. */
interface Version {
  readonly others: number;
  readonly own: number;
}

/** Ordinals by id. Those of a component read whole are looked up where they stand, for a commit names few of them. */
class Ordinals {
  readonly #byId = new Map<ProfileId, number>();
  #unsorted: (readonly GraphNode[])[] = [];

  set(id: ProfileId, ordinal: number): void {
    this.#byId.set(id, ordinal);
  }

  /** Nodes whose order is their ordinal. */
  addAll(nodes: readonly GraphNode[]): void {
    this.#unsorted.push(nodes);
  }

  get(id: ProfileId): number | undefined {
    const known = this.#byId.get(id);
    if (known !== undefined || this.#unsorted.length === 0) return known;
    for (const nodes of this.#unsorted) for (const node of nodes) this.set(node.id, node.order);
    this.#unsorted = [];
    return this.#byId.get(id);
  }
}

export function prepareBasis({ client }: SqliteDatabase) {
  const dataVersion = client.prepare<[], number>("PRAGMA data_version").pluck();
  return {
    /** To be the first read of a transaction, so that it is of the state that all others see. */
    begin: (own: number): SqliteBasis => ({
      store: "sqlite",
      version: { others: dataVersion.get()!, own },
      ordinals: new Ordinals(),
      profiles: new Map(),
      traits: new Map(),
    }),
    /** Whether nothing was committed since the basis was made. To be the first read of a transaction, likewise. */
    isCurrent: ({ version }: SqliteBasis, own: number): boolean =>
      version.own === own && version.others === dataVersion.get(),
  };
}

export type Bases = ReturnType<typeof prepareBasis>;
