/** Ways in which a cast's deliveries reach a service: received by the engine, or written down for an import. */
import type { IncomingDelivery, Receipt } from "../../../src/messages.ts";
import { parseConfig, type Settings } from "../../../src/config/config.ts";
import { openService, type Service } from "../../../src/service.ts";
import type { Store } from "../../../src/store/store.ts";
import type { Cast, SimulatedDelivery } from "./cast.ts";

export function settingsOf({ config }: Pick<Cast, "config">): Settings {
  return parseConfig(config, "cast.yaml", {});
}

/** A service whose clock stands still at a moment that no event of a cast tells. */
export function openServiceFor(
  cast: Cast,
  store: Store,
  batchEventsMax?: number,
): Promise<Service> {
  return openService({
    settings: settingsOf(cast),
    store,
    clock: () => Date.UTC(2027, 0, 1),
    onStoreError: (error) => {
      throw error;
    },
    ...(batchEventsMax === undefined ? {} : { batchEventsMax }),
  });
}

export function incoming(delivery: SimulatedDelivery): IncomingDelivery {
  return {
    source: delivery.source,
    contentType: delivery.contentType,
    headers: new Map(Object.entries(delivery.headers)),
    query: new URLSearchParams(),
    body: Buffer.from(delivery.body),
  };
}

/** Below what an engine lets wait for their commit at once. */
const TOGETHER = 2000;

/** Hands the deliveries over in order, many at once, and counts how they ended. */
export async function play(
  { engine }: Service,
  deliveries: readonly SimulatedDelivery[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let start = 0; start < deliveries.length; start += TOGETHER) {
    const together = deliveries.slice(start, start + TOGETHER);
    const receipts = await Promise.all(together.map((one) => engine.receive(incoming(one))));
    for (const outcome of receipts.map(outcomeOf)) counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

function outcomeOf(receipt: Receipt): string {
  if (receipt.kind === "received") return receipt.events[0]!.outcome;
  return receipt.kind === "rejected" ? receipt.code : receipt.kind;
}

/** The line that the command `import --requests` reads: a JSON body as it is, a form as a string. */
export function recordedRequest({ contentType, headers, body }: SimulatedDelivery): string {
  const recorded = contentType === "application/json" ? body : JSON.stringify(body);
  return `{"headers":${JSON.stringify({ ...headers, "content-type": contentType })},"body":${recorded}}`;
}
