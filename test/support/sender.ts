/** A sender: posts deliveries over real HTTP, many at once, and knows which of them were acknowledged. */
import type { EventReceipt } from "../../src/receipt.ts";
import type { Delivery } from "./deliveries.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What the service says of a delivery it has received. */
export interface ReceiptBody {
  readonly delivery: string;
  readonly events: readonly EventReceipt[];
}

/** Rejects where the connection breaks before the answer is complete. */
export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function post(url: string, { source, contentType, body }: Omit<Delivery, "key">): Promise<Answer> {
  const headers = { "content-type": contentType };
  return request(`${url}/webhooks/${source}`, { method: "POST", headers, body });
}

/** Posts a JSON body and returns what became of it; any answer but 200 fails the test. */
export async function postJson(url: string, source: string, body: unknown): Promise<ReceiptBody> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const answer = await request(`${url}/webhooks/${source}`, {
    method: "POST",
    headers,
    body: text,
  });
  return receiptOf(answer);
}

/** Asks the query API and returns what it answers; any answer but 200 fails the test. */
export async function ask<Body>(url: string, path: string): Promise<Body> {
  const answer = await request(`${url}${path}`);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as Body;
}

export function receiptOf(answer: Answer): ReceiptBody {
  if (answer.status !== 200) throw new Error(`not received: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as ReceiptBody;
}

/** What became of a delivery: an answer, or a connection that broke, after which the sender knows nothing. */
export type Outcome = Answer | "broken";

export interface SendOptions {
  readonly atOnce: number;
  /** Told of each outcome as it comes; false ends the sending, what is under way is waited for. */
  readonly onOutcome?: (delivery: Delivery, outcome: Outcome) => boolean;
}

/**
 * Posts deliveries, `atOnce` of them under way at any time, and returns what became of each that was begun. Of an
 * iterator it takes only what it posts.
 */
export async function sendAll(
  url: string,
  deliveries: Iterable<Delivery>,
  { atOnce, onOutcome = () => true }: SendOptions,
): Promise<Map<Delivery, Outcome>> {
  const outcomes = new Map<Delivery, Outcome>();
  let goOn = true;
  const queue = deliveries[Symbol.iterator]();
  const sendOneByOne = async () => {
    while (goOn) {
      const { done, value: delivery } = queue.next();
      if (done === true) return;
      const outcome = await post(url, delivery).catch(() => "broken" as const);
      outcomes.set(delivery, outcome);
      if (!onOutcome(delivery, outcome)) goOn = false;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendOneByOne));
  return outcomes;
}
