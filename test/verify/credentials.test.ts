import { expect, test } from "vitest";
import { credentialNames } from "../../src/verify/credentials.ts";
import { schemesOf } from "../support/signed-request.ts";

test.each([
  [{ scheme: "hmac", header: "X-Hub-Signature-256" }, ["x-hub-signature-256"], []],
  [{ scheme: "token", in: "header" }, ["authorization"], []],
  [{ scheme: "token", in: "header", name: "X-Gitlab-Token" }, ["x-gitlab-token"], []],
  [{ scheme: "token", in: "basic" }, ["authorization"], []],
  [{ scheme: "token", in: "query" }, [], ["token"]],
  [{ scheme: "token", in: "query", name: "accessToken" }, [], ["accesstoken"]],
  [{ scheme: "token", in: "path" }, [], []],
  [{ scheme: "standard-webhooks" }, ["webhook-signature", "svix-signature"], []],
  [{ scheme: "twilio" }, ["x-twilio-signature"], []],
  [
    [
      { scheme: "token", in: "query" },
      { scheme: "token", in: "header" },
      { scheme: "hmac", header: "authorization" },
    ],
    ["authorization"],
    ["token"],
  ],
])("%j", (written, headers, query) => {
  const names = credentialNames(schemesOf(written));
  expect([...names.headers]).toEqual(headers);
  expect([...names.query]).toEqual(query);
  expect(names.inPath).toBe(JSON.stringify(written).includes('"in":"path"'));
});
