/** Writes identifiers: new ones, what is newly known of old ones, and the profiles and components they are kept in. */
import type { ChangeSet } from "../../identity/change-set.ts";
import type { ProfileId } from "../../identity/types.ts";
import type { SqliteBasis } from "./basis.ts";
import { flag, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareLabels, type Labels } from "./places.ts";

/** The ordinals of all identifiers that a change set speaks of, those that it creates among them. */
export type Ordinals = (id: ProfileId) => number;

export function prepareIdentities(database: SqliteDatabase) {
  const labelsFor = prepareLabels(database);
  const move = prepareMoves(database);
  const create = prepareCreation(database);
  const update = prepareUpdates(database);

  return (changes: ChangeSet, basis: SqliteBasis): Ordinals => {
    const labels = labelsFor(basis);
    move(changes, basis, labels);
    const created = create(changes, labels);
    const ordinalOf: Ordinals = (id) => created.get(id) ?? basis.ordinals.get(id)!;
    update(changes, ordinalOf);
    return ordinalOf;
  };
}

function prepareMoves({ client }: SqliteDatabase) {
  const absorb = client.prepare<[into: number, from: number]>(
    "UPDATE identifier_rows SET profile = ? WHERE profile = ?",
  );
  const move = client.prepare<[profile: number, component: number | null, ordinal: number]>(
    "UPDATE identifier_rows SET profile = ?, component = ? WHERE ordinal = ?",
  );
  return ({ absorptions, moves }: ChangeSet, basis: SqliteBasis, labels: Labels): void => {
    for (const { into, from } of absorptions)
      for (const absorbed of from)
        absorb.run(basis.profiles.get(into)!, basis.profiles.get(absorbed)!);
    for (const { id, place, component } of moves)
      move.run(labels.profile(place), labels.component(component), basis.ordinals.get(id)!);
  };
}

function prepareCreation({ client }: SqliteDatabase) {
  const highestOrdinal = client
    .prepare<[], number | null>("SELECT max(ordinal) FROM identifier_rows")
    .pluck();
  const create = client.prepare(
    `INSERT INTO identifier_rows (ordinal, id, namespace, value, profile, component, neighbours, generic,
       founded, sources, first_received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ identifiers }: ChangeSet, labels: Labels): ReadonlyMap<ProfileId, number> => {
    const ordinals = new Map<ProfileId, number>();
    let ordinal = identifiers.length === 0 ? 0 : (highestOrdinal.get() ?? 0);
    for (const created of identifiers) {
      const { node, place, component, neighbours, generic, founded, sources } = created;
      ordinals.set(node.id, ++ordinal);
      create.run(
        ordinal,
        node.id,
        node.identifier.namespace,
        node.identifier.value,
        labels.profile(place),
        labels.component(component),
        JSON.stringify(neighbours),
        flag(generic),
        flag(founded),
        JSON.stringify(sources),
        created.firstReceivedAt,
      );
    }
    return ordinals;
  };
}

function prepareUpdates({ client }: SqliteDatabase) {
  const setSources = client.prepare<[sources: string, ordinal: number]>(
    "UPDATE identifier_rows SET sources = ? WHERE ordinal = ?",
  );
  const setNeighbours = client.prepare<[neighbours: string, ordinal: number]>(
    "UPDATE identifier_rows SET neighbours = ? WHERE ordinal = ?",
  );
  const setGeneric = client.prepare<[generic: Flag, ordinal: number]>(
    "UPDATE identifier_rows SET generic = ? WHERE ordinal = ?",
  );
  const setFounded = client.prepare<[ordinal: number]>(
    "UPDATE identifier_rows SET founded = 1 WHERE ordinal = ?",
  );
  return ({ updates, founders }: ChangeSet, ordinalOf: Ordinals): void => {
    for (const { id, sources, neighbours, generic } of updates) {
      const ordinal = ordinalOf(id);
      if (sources !== undefined) setSources.run(JSON.stringify(sources), ordinal);
      if (neighbours !== undefined) setNeighbours.run(JSON.stringify(neighbours), ordinal);
      if (generic !== undefined) setGeneric.run(flag(generic), ordinal);
    }
    for (const id of founders) setFounded.run(ordinalOf(id));
  };
}
