/** A writer that is behind: what waits is bounded, the rest is told to come again, and every delivery is counted. */
import { expect, test } from "vitest";
import { listen } from "../support/listening.ts";
import { request, type Answer } from "../support/sender.ts";

const BODY_BYTES = 20_000;
const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: id }
limits: { pendingBytesMax: ${10 * BODY_BYTES}, pendingDeliveriesMax: 1000 }
`;

function post(url: string, id: string): Promise<Answer> {
  const body = JSON.stringify({ id, text: "" });
  return request(`${url}/webhooks/crm`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: body.replace('""', `"${"x".repeat(BODY_BYTES - body.length)}"`),
  });
}

test("no more waits than may, the rest is 503 with Retry-After, and who comes again is taken in", async () => {
  const service = await listen(CONFIG);
  const goOn = service.block();
  const POSTED = 60;
  let refused = 0;
  let allButWaiting = () => {};
  const settled = new Promise<void>((resolve) => (allButWaiting = resolve));
  const posts = Array.from({ length: POSTED }, async (_, index) => {
    const answer = await post(service.url, `u${index}`);
    if (answer.status === 503 && ++refused === POSTED - 10) allButWaiting();
    return { id: `u${index}`, answer };
  });
  // The store lets nobody go, so only those are answered that may not wait.
  await settled;
  expect(await service.counts()).toEqual({ "crm rejected": POSTED - 10 });
  goOn();
  const answers = await Promise.all(posts);
  const told = answers.filter(({ answer }) => answer.status === 503);
  expect(answers.filter(({ answer }) => answer.status === 200)).toHaveLength(10);
  expect(told).toHaveLength(POSTED - 10);
  for (const { answer } of told) {
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(JSON.parse(answer.text)).toMatchObject({ type: "urn:selfsame:problem:overloaded" });
  }
  for (const { id } of told) expect((await post(service.url, id)).status).toBe(200);
  expect(await service.counts()).toEqual({
    "crm accepted": POSTED,
    "crm rejected": POSTED - 10,
  });
});
