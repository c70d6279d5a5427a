/** A whole service without a network, for tests that post and ask. */
import { parseConfig, type Settings } from "../../src/config/config.ts";
import { digestOf } from "../../src/queries/digest.ts";
import type { Receipt } from "../../src/messages.ts";
import type { EventReceipt } from "../../src/receipt.ts";
import { openService, type Service, type ServiceOptions } from "../../src/service.ts";
import type { Store } from "../../src/store/store.ts";

export function settingsFrom(yaml: string): Settings {
  return parseConfig(yaml, "test.yaml", {});
}

export interface TestService extends Service {
  readonly store: Store;
  /** Posts JSON to a source and returns the receipts of its events. */
  post(source: string, body: unknown): Promise<readonly EventReceipt[]>;
  digest(): Promise<string>;
}

export interface TestServiceOptions {
  readonly batchEventsMax?: number;
  /** Default: a clock that ticks a millisecond a call, so that receipt has an order. */
  readonly clock?: () => number;
  readonly applyRules?: boolean;
  readonly onRemark?: ServiceOptions["onRemark"];
}

export async function openTestService(
  yaml: string,
  store: Store,
  options: TestServiceOptions = {},
): Promise<TestService> {
  let now = Date.UTC(2026, 0, 1);
  const service = await openService({
    settings: settingsFrom(yaml),
    store,
    clock: options.clock ?? (() => now++),
    onStoreError: () => {},
    applyRules: options.applyRules ?? false,
    ...(options.onRemark === undefined ? {} : { onRemark: options.onRemark }),
    ...(options.batchEventsMax === undefined ? {} : { batchEventsMax: options.batchEventsMax }),
  });
  return {
    ...service,
    store,
    post: async (source, body) => receivedEvents(await receiveJson(service, source, body)),
    digest: async () => (await digestOf(store.people())).digest,
  };
}

function receiveJson(service: Service, source: string, body: unknown): Promise<Receipt> {
  return service.engine.receive({
    source,
    contentType: "application/json",
    headers: new Map(),
    query: new URLSearchParams(),
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  });
}

/** The events of a receipt; anything else fails the test. */
export function receivedEvents(receipt: Receipt): readonly EventReceipt[] {
  if (receipt.kind !== "received") throw new Error(JSON.stringify(receipt));
  return receipt.events;
}
