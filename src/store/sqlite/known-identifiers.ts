/**
 * What never changes of an identifier, kept in memory once it was read: a component of ten thousand is read again with
 * every link that a fold has to look at, and most of that time goes into making texts. Bounded, and dropped as soon as
 * another process has written or somebody was erased, for only then can an ordinal have another meaning.
 */
import type { Node } from "../../identity/types.ts";
import type { SqliteBasis } from "./basis.ts";
import type { SqliteDatabase } from "./database.ts";

/** About 20 MB. Beyond it everything is dropped at once: what is hot comes back with the next read. */
const IDENTIFIERS_MAX = 100_000;

type Row = readonly [id: string, namespace: string, value: string];

export interface KnownIdentifiers {
  /** To be asked first within a transaction; tells by ordinal who it is. */
  readonly of: (basis: SqliteBasis) => (ordinal: number) => Node;
  readonly forget: () => void;
}

export function prepareKnownIdentifiers({ client }: SqliteDatabase): KnownIdentifiers {
  const byOrdinal = client
    .prepare<[number], Row>("SELECT id, namespace, value FROM identifier_rows WHERE ordinal = ?")
    .raw();
  const known = new Map<number, Node>();
  let othersVersion: number | undefined;
  const read = (ordinal: number): Node => {
    const [id, namespace, value] = byOrdinal.get(ordinal)!;
    const node = { id, identifier: { namespace, value } };
    if (known.size >= IDENTIFIERS_MAX) known.clear();
    known.set(ordinal, node);
    return node;
  };
  return {
    forget: () => known.clear(),
    of: ({ version }) => {
      if (version.others !== othersVersion) known.clear();
      othersVersion = version.others;
      return (ordinal) => known.get(ordinal) ?? read(ordinal);
    },
  };
}
