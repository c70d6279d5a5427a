/** API keys and their scopes, over real HTTP. */
import { expect, test } from "vitest";
import { postJson, request } from "../support/sender.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
apiKeys:
  - { name: analyst, key: "\${ANALYST_KEY}", scopes: [read] }
  - { name: importer, key: importer-key, scopes: [write] }
  - { name: operator, key: operator-key, scopes: [admin] }
sources:
  crm: { replaceProfileId: id }
`;

test("with API keys configured, a query needs a key of its scope, and a webhook needs none", async () => {
  const service = await startService(serviceFiles(temporaryFolder(), CONFIG), {
    environment: { ANALYST_KEY: "analyst-key" },
  });
  expect((await postJson(service.url, "crm", { id: 1 })).events[0]!.outcome).toBe("accepted");

  const statusFor = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answers = await Promise.all(
      ["/v1/profiles/crm:1", "/v1/changes", "/v1/stats", "/v1/profiles/crm:1/journey"].map((path) =>
        request(`${service.url}${path}`, { headers }),
      ),
    );
    const [first] = answers;
    expect(new Set(answers.map(({ status }) => status)).size).toBe(1);
    expect(first!.text).not.toMatch(/(analyst|importer|operator)-key/);
    return {
      status: first!.status,
      type: first!.headers.get("content-type"),
      asksFor: first!.headers.get("www-authenticate"),
    };
  };
  const problem = "application/problem+json";
  const unknown = { status: 401, type: problem, asksFor: "Bearer" };
  const allowed = { status: 200, type: "application/json", asksFor: null };
  expect({
    none: await statusFor(),
    wrong: await statusFor("Bearer analyst-kez"),
    beginning: await statusFor("Bearer analyst-ke"),
    empty: await statusFor("Bearer "),
    otherScheme: await statusFor(`Basic ${Buffer.from("analyst:analyst-key").toString("base64")}`),
    unreplaced: await statusFor("Bearer ${ANALYST_KEY}"),
    withoutScope: await statusFor("Bearer importer-key"),
    withScope: await statusFor("Bearer analyst-key"),
    lowerCase: await statusFor("bearer analyst-key"),
    admin: await statusFor("Bearer operator-key"),
  }).toEqual({
    none: unknown,
    wrong: unknown,
    beginning: unknown,
    empty: unknown,
    otherScheme: unknown,
    unreplaced: unknown,
    withoutScope: { status: 403, type: problem, asksFor: null },
    withScope: allowed,
    lowerCase: allowed,
    admin: allowed,
  });
  // Whoever checks whether it runs has no key.
  for (const path of ["/healthz", "/readyz"])
    expect((await request(`${service.url}${path}`)).status).toBe(200);
});
