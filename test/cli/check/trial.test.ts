/** What `check` knows of a delivery before its events: verification, handshakes, and what is turned away. */
import { expect, test } from "vitest";
import { checkFiles, checkPayload, type CheckReport } from "../../support/check-payload.ts";

const SIGNED = `
sources:
  signed:
    secret: from the environment
    verify: { scheme: token, in: header, name: x-token }
    replaceProfileId: user
`;

test("whether the delivery proves itself, where the request is given", async () => {
  const files = checkFiles(SIGNED, { "event.json": { user: "U7" } });
  const untried = await checkPayload(files, "signed", "event.json");
  expect(untried.stdout).toMatch(/^not verified here: give the request's headers with --header/);
  const refused = await checkPayload(files, "signed", "event.json", "--header", "X-Token: guessed");
  expect(refused.stdout).toMatch(/^not verified, so it would be answered 401: [^\n]+\n\nfield/);
  const right = ["--header", "X-Token: from the environment"];
  const verified = await checkPayload(files, "signed", "event.json", ...right);
  expect(verified.stdout).toMatch(/^verified: it comes from the sender\n\nfield/);
  const json = await checkPayload(files, "signed", "event.json", "--json", ...right);
  const { deliveries } = JSON.parse(json.stdout) as CheckReport;
  expect(deliveries[0]!.verification).toEqual({ kind: "verified" });
  for (const { stdout } of [untried, refused, verified, json])
    expect(stdout).not.toContain("from the environment");
});

test("a handshake makes no event", async () => {
  const files = checkFiles("sources: { chat: { handshake: slack, replaceProfileId: user } }", {
    "hello.json": { type: "url_verification", challenge: "c", token: "t" },
  });
  const { code, stdout } = await checkPayload(files, "chat", "hello.json");
  expect([code, stdout]).toEqual([0, "a handshake: it is answered, and makes no event\n"]);
});

test("what the service would turn away is told", async () => {
  const files = checkFiles(
    "sources: { chat: { enabled: false, bodyBytesMax: 5, replaceProfileId: u } }",
    {
      "large.json": { u: "U7" },
      "small.json": "{}",
    },
  );
  const { code, stderr } = await checkPayload(files, "chat", "large.json");
  expect(code).toBe(1);
  expect(stderr).toContain("warning: chat is disabled: every delivery is answered 403\n");
  expect(stderr).toContain("selfsame: The body is larger than 5 bytes.\n");
  expect((await checkPayload(files, "chat", "small.json")).code).toBe(0);
});
