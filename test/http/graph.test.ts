/** The graph of a person and the counts of everything: what is linked, what is followed, and why not. */
import { expect, test } from "vitest";
import type { GraphView } from "../../src/queries/queries.ts";
import { openTestApp, type TestApp } from "../support/app.ts";

const CONFIG = `
sources:
  chat: { replaceProfileId: user, eventId: id, occurredAt: t, identifiers: { email: email } }
`;

async function graphOf(app: TestApp, reference: string): Promise<GraphView> {
  return (await app.get<GraphView>(`/v1/profiles/${reference}/graph`)).body;
}

test("it tells why, and why not, with the profiles at the far ends", async () => {
  const app = await openTestApp(CONFIG);
  await app.service.post("chat", { user: "U1", id: "1", t: 1, email: "a@x" });
  await app.service.post("chat", { user: "U1", id: "2", t: 2, email: "noreply@x" });
  const { profile, nodes, links, more } = await graphOf(app, "email:a@x");
  expect(nodes).toEqual([
    { identifier: "chat:U1", profile },
    { identifier: "email:a@x", profile },
    { identifier: "email:noreply@x", profile: expect.stringMatching(/^pr_/) },
  ]);
  expect(nodes[2]!.profile).not.toBe(profile);
  expect(links).toMatchObject([
    { a: expect.any(String), b: expect.any(String), outcome: "followed", events: 1 },
    {
      outcome: "ineligible",
      rule: "blocked",
      reason: expect.stringContaining("blocked value"),
      events: 1,
    },
  ]);
  expect(more).toBe(false);
});

test("it tells what people ruled beside what events prove", async () => {
  const app = await openTestApp(CONFIG);
  for (const user of ["U1", "U2"]) await app.service.post("chat", { user, id: user, email: "a@x" });
  await app.service.post("chat", { user: "U3", id: "U3" });
  const rule = async (kind: string, b: string) => {
    const body = { kind, a: "chat:U1", b, reason: "as seen" };
    const answer = await app.post<{ decision: { id: string } }>("/v1/decisions", body);
    return answer.body.decision.id;
  };
  const split = await rule("split", "chat:U2");
  const join = await rule("join", "chat:U3");
  const { nodes, links } = await graphOf(app, "chat:U1");
  const identifiers = nodes.map(({ identifier }) => identifier);
  expect(new Set(identifiers)).toEqual(new Set(["chat:U1", "chat:U2", "chat:U3", "email:a@x"]));
  expect(links).toHaveLength(3);
  expect(links).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ outcome: "followed", trust: "verified", events: 1 }),
      expect.objectContaining({
        outcome: "refused",
        rule: "split",
        reason: `the decision ${split} keeps them apart`,
      }),
      expect.objectContaining({ a: "chat:U1", b: "chat:U3", decision: join, trust: "human" }),
    ]),
  );
});

test("the counts tell components, what is contested, what is not followed, and generic values", async () => {
  const rules = "{ chat: { limit: 1 }, email: { genericAfter: 2 } }";
  const app = await openTestApp(`${CONFIG}identity: { namespaces: ${rules} }\n`);
  for (const user of ["U1", "U2"])
    await app.service.post("chat", { user, id: user, email: "both@x" });
  for (const user of ["U3", "U4", "U5"])
    await app.service.post("chat", { user, id: user, email: "info@x" });
  await app.service.post("chat", { user: "U1", id: "n", email: "noreply@x" });
  expect((await app.get("/v1/stats")).body).toEqual({
    received: { deliveries: 6, events: 6 },
    outcomes: [{ source: "chat", outcome: "accepted", deliveries: 6, events: 6 }],
    profiles: 7,
    components: 6,
    contested: 1,
    unfollowed: { limit: 1, generic: 3, blocked: 1 },
    generic: 1,
  });
});
