import { describe, expect, test } from "vitest";
import { tokenPlace } from "../../src/verify/token.ts";
import { faultsOf, reasonOf, verdictOf, VERIFIED, type Sent } from "../support/signed-request.ts";

const SECRET = "s3cret, + münze";

describe("in a header", () => {
  const sent = (value: string, name = "Authorization"): Sent => ({ headers: { [name]: value } });
  // HTTP hands on each byte as a character of its own.
  const onTheWire = Buffer.from(SECRET).toString("latin1");

  test("as it stands, by default in Authorization", () => {
    expect(verdictOf({ scheme: "token", in: "header" }, SECRET, sent(onTheWire))).toEqual(VERIFIED);
    expect(verdictOf({ scheme: "token", in: "header" }, SECRET, sent(SECRET)).verified).toBe(false);
  });

  test("of another name", () => {
    const scheme = { scheme: "token", in: "header", name: "X-Gitlab-Token" };
    expect(verdictOf(scheme, SECRET, sent(onTheWire, "x-gitlab-token"))).toEqual(VERIFIED);
    expect(reasonOf(scheme, SECRET, sent(onTheWire))).toBe("there is no header X-Gitlab-Token");
  });

  test("behind Bearer in any case", () => {
    const scheme = { scheme: "token", in: "header", prefix: "Bearer " };
    for (const word of ["Bearer", "bearer", "BEARER"])
      expect(verdictOf(scheme, SECRET, sent(`${word} ${onTheWire}`))).toEqual(VERIFIED);
    expect(reasonOf(scheme, SECRET, sent(onTheWire))).toBe(
      "the header Authorization does not begin with Bearer ",
    );
    expect(reasonOf(scheme, SECRET, sent("Bearer "))).toBe(
      "the header Authorization holds no token",
    );
    expect(reasonOf(scheme, SECRET, sent(`Bearer  ${onTheWire}`))).toBe(
      "the token in the header Authorization is none of the secrets",
    );
  });

  test("behind another prefix exactly as it is written", () => {
    const scheme = { scheme: "token", in: "header", prefix: "Key=" };
    expect(verdictOf(scheme, SECRET, sent(`Key=${onTheWire}`))).toEqual(VERIFIED);
    expect(verdictOf(scheme, SECRET, sent(`key=${onTheWire}`)).verified).toBe(false);
  });

  test.each(["", "s", "s3cre", "s3cret, + münze ", "S3CRET, + MÜNZE", "x".repeat(100_000)])(
    "%j is not the secret",
    (value) => {
      expect(verdictOf({ scheme: "token", in: "header" }, SECRET, sent(value)).verified).toBe(
        false,
      );
    },
  );

  test("characters that only end in the same byte are not the same", () => {
    const scheme = { scheme: "token", in: "header" };
    // U+0141 ends in the byte of A.
    expect(verdictOf(scheme, "AA", sent("\u0141\u0141")).verified).toBe(false);
  });
});

describe("as user and password", () => {
  const scheme = { scheme: "token", in: "basic" };
  const basic = (text: string) => Buffer.from(text).toString("base64");

  test.each([
    `Basic ${basic("user:pässword")}`,
    `basic ${basic("user:pässword")}`,
    `Basic  ${basic("user:pässword").replaceAll("=", "")}`,
  ])("%s", (Authorization) => {
    expect(verdictOf(scheme, "user:pässword", { headers: { Authorization } })).toEqual(VERIFIED);
  });

  test.each([
    [undefined, "there is no header Authorization"],
    [`Bearer ${basic("user:pässword")}`, "is not Basic with the base64 of user:password"],
    ["Basic", "is not Basic with the base64 of user:password"],
    ["Basic user:pässword", "is not Basic with the base64 of user:password"],
    [
      `Basic ${basic("user:other")}`,
      "the token in the header Authorization is none of the secrets",
    ],
    [`Basic ${basic("user:")}`, "the token in the header Authorization is none of the secrets"],
  ])("%s: %s", (value, reason) => {
    const headers: Record<string, string> = value === undefined ? {} : { Authorization: value };
    expect(reasonOf(scheme, "user:pässword", { headers })).toContain(reason);
  });
});

describe("in the query", () => {
  const scheme = { scheme: "token", in: "query" };

  test("by default in token", () => {
    const query = new URLSearchParams({ token: SECRET }).toString();
    expect(verdictOf(scheme, SECRET, { query })).toEqual(VERIFIED);
    expect(
      verdictOf({ ...scheme, name: "Key" }, SECRET, { query: `a=1&K${query.slice(1)}` }),
    ).toEqual({
      verified: false,
      reason: "there is no parameter Key",
    });
    expect(verdictOf({ ...scheme, name: "key" }, "abc", { query: "key=abc" })).toEqual(VERIFIED);
  });

  test.each([
    ["", "there is no parameter token"],
    ["token=", "there is no parameter token"],
    ["token=abc&token=abc", "the parameter token was sent more than once"],
    ["token=abd", "the token in the parameter token is none of the secrets"],
  ])("%s: %s", (query, reason) => expect(reasonOf(scheme, "abc", { query })).toBe(reason));
});

describe("in the path", () => {
  const scheme = { scheme: "token", in: "path" };

  test("behind the source", () => {
    expect(verdictOf(scheme, SECRET, { pathToken: SECRET })).toEqual(VERIFIED);
    expect(reasonOf(scheme, SECRET, { pathToken: "other" })).toBe(
      "the token in the path is none of the secrets",
    );
    expect(reasonOf(scheme, SECRET, { pathToken: "" })).toBe("there is no token in the path");
    expect(reasonOf(scheme, SECRET, {})).toBe("there is no token in the path");
  });
});

test("the body may be anything, for a token signs nothing", () => {
  expect(
    verdictOf({ scheme: "token", in: "path" }, "abc", { pathToken: "abc", body: "x" }),
  ).toEqual(VERIFIED);
});

test.each([
  [
    { in: "query", prefix: "Bearer " },
    "verify.prefix: it stands before a token in a header, not in: query; remove it",
  ],
  [
    { in: "header", prefix: "Bearer" },
    'verify.prefix: a space follows it in the header: write it in quotes, "Bearer "',
  ],
  [
    { in: "basic", name: "X-Token" },
    "verify.name: in: basic has no name; remove it, or write in: header or in: query",
  ],
  [
    { in: "path", name: "token" },
    "verify.name: in: path has no name; remove it, or write in: header or in: query",
  ],
  [
    { in: "header", name: "X Token" },
    "verify.name: expected the name of a header, such as X-Token",
  ],
])("%j: %s", (keys, fault) => {
  expect(faultsOf({ scheme: "token", ...keys }, "user:password")).toEqual([fault]);
});

test("user and password are two", () => {
  expect(faultsOf({ scheme: "token", in: "basic" }, "password")).toEqual([
    "secret: it is no user and password: write them with a colon between, user:password",
  ]);
});

test("a token's place is known, but for the path, where it has no name", () => {
  const place = (part: "header" | "basic" | "query" | "path") =>
    tokenPlace({ scheme: "token", in: part, prefix: "" })?.name;
  expect(place("header")).toBe("Authorization");
  expect(place("basic")).toBe("Authorization");
  expect(place("query")).toBe("token");
  expect(place("path")).toBeUndefined();
});
