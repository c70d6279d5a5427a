/** The service in the trial's own process, on a SQLite file and without HTTP: what the engine and the store cost alone. */
import { join } from "node:path";
import { parseConfig } from "../src/config/config.ts";
import type { Receipt } from "../src/messages.ts";
import { openService, type Service } from "../src/service.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";

/** What the file is called in the folder of a trial. */
export const DATABASE = "selfsame.db";

export interface Posted {
  readonly source: string;
  /** JSON. */
  readonly body: string;
}

export interface InProcessOptions {
  /** Default: what the service takes. */
  readonly batchEventsMax?: number;
}

/** Opens the service, hands it to the work and closes it, whatever happened. */
export async function withService<Result>(
  folder: string,
  config: string,
  options: InProcessOptions,
  work: (service: Service) => Promise<Result>,
): Promise<Result> {
  const service = await openService({
    settings: parseConfig(config, "benchmark.yaml", {}),
    store: new SqliteStore(join(folder, DATABASE)),
    onStoreError: (error) => {
      throw error;
    },
    ...options,
  });
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}

/** Rejects where the delivery is not taken, or is known already: then nothing was measured. */
export async function receive({ engine }: Service, { source, body }: Posted): Promise<void> {
  const receipt = await engine.receive({
    source,
    contentType: "application/json",
    headers: new Map(),
    query: new URLSearchParams(),
    body: Buffer.from(body),
  });
  const outcome = outcomeOf(receipt);
  if (outcome !== "accepted") throw new Error(`a delivery ended as ${outcome}`);
}

function outcomeOf(receipt: Receipt): string {
  if (receipt.kind === "received") return receipt.events[0]!.outcome;
  return receipt.kind === "rejected" ? receipt.code : receipt.kind;
}

/** So many senders, each of which waits for its receipt before it sends the next delivery. */
export async function receiveAll(
  service: Service,
  deliveries: readonly Posted[],
  senders: number,
): Promise<void> {
  let next = 0;
  const send = async () => {
    while (next < deliveries.length) await receive(service, deliveries[next++]!);
  };
  await Promise.all(Array.from({ length: senders }, send));
}

/** How many different people the references lead to, asked as an analyst would. Rejects where one is unknown. */
export async function countPeople(
  { queries }: Service,
  references: Iterable<string>,
): Promise<number> {
  const people = new Set<string>();
  for (const reference of references) {
    const profile = await queries.profile(reference);
    if (profile === undefined) throw new Error(`nobody is ${reference}`);
    people.add(profile.id);
  }
  return people.size;
}
