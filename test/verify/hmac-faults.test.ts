import { expect, test } from "vitest";
import { faultsOf } from "../support/signed-request.ts";

const HMAC = { scheme: "hmac", header: "X-Signature" };
const VARIABLES = "{body}, {timestamp}, {id}, {method}, {url}, {decodedUrl}";

test.each([
  [{}, []],
  [{ template: "{timestamp}.{body}", timestampHeader: "X-Time" }, []],
  [
    {
      template: "{timestamp}.{body}",
      fields: { signature: "v1", timestamp: "t" },
    },
    [],
  ],
  [{ template: "{id}.{body}", idHeader: "X-Id" }, []],
  [
    { template: "{ts}.{body}" },
    [`verify.template: {ts} is no variable: expected one of ${VARIABLES}`],
  ],
  [{ template: "{}{body}" }, [`verify.template: {} is no variable: expected one of ${VARIABLES}`]],
  [
    { template: "{method}" },
    ["verify.template: the body would not be signed: write {body} where the sender puts it"],
  ],
  [
    { template: "{timestamp}.{body}" },
    [
      "verify.template: {timestamp} is filled by nothing: name its header in timestampHeader, or its field in fields.timestamp",
    ],
  ],
  [
    { template: "{timestamp}.{body}", fields: { signature: "v1" } },
    [
      "verify.template: {timestamp} is filled by nothing: name its header in timestampHeader, or its field in fields.timestamp",
    ],
  ],
  [
    { template: "{id}.{body}" },
    ["verify.template: {id} is filled by nothing: name its header in idHeader"],
  ],
  [
    { timestampHeader: "X-Time" },
    [
      "verify.timestampHeader: it would not be signed: write {timestamp} into the template where the sender puts it, or remove this key",
    ],
  ],
  [
    { fields: { signature: "v1", timestamp: "t" } },
    [
      "verify.fields.timestamp: it would not be signed: write {timestamp} into the template where the sender puts it, or remove this key",
    ],
  ],
  [
    { idHeader: "X-Id" },
    [
      "verify.idHeader: it would not be signed: write {id} into the template where the sender puts it, or remove this key",
    ],
  ],
  [
    { prefix: "sha256=", fields: { signature: "v1" } },
    [
      "verify.prefix: fields say what stands before a signature: remove prefix, or fields if the header is no list",
    ],
  ],
  [
    {
      template: "{timestamp}{body}",
      timestampHeader: "X-Time",
      fields: { signature: "v1", timestamp: "t" },
    },
    [
      "verify.timestampHeader: fields.timestamp says where the time stands: keep the one that the sender signs",
    ],
  ],
  [
    { template: "{timestamp}{body}", fields: { signature: "v1", timestamp: "v1" } },
    ["verify.fields.timestamp: this is the signature's field too: give each its own"],
  ],
  [
    { fields: { signature: "v1=" } },
    [
      'verify.fields.signature: no field can have this name: expected it without "=", "," and white space, such as v1',
    ],
  ],
])("%j", (keys, faults) => expect(faultsOf({ ...HMAC, ...keys }, "secret")).toEqual(faults));

test.each(["url", "decodedUrl"])("{%s} needs the public address", (name) => {
  const scheme = { ...HMAC, template: `{${name}}{body}` };
  expect(faultsOf(scheme, "secret", true)).toEqual([]);
  expect(faultsOf(scheme, "secret", false)).toEqual([
    `verify.template: {${name}} is filled by nothing: set publicUrl to the address under which senders reach the service`,
  ]);
});

test("all faults are told at once", () => {
  const scheme = { ...HMAC, template: "{timestamp}{ts}{url}", idHeader: "X-Id" };
  expect(faultsOf(scheme, "secret", false)).toHaveLength(5);
});
