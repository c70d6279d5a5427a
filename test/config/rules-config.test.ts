import { describe, expect, test } from "vitest";
import {
  configSchema,
  identitySchema,
  whatIfSchema,
  type BlockPattern,
  type IdentityConfig,
} from "../../schema/config.ts";
import { rulesFor } from "../../src/identity/rules.ts";
import { compileRules, type CompiledRules } from "../../src/config/rules-config.ts";

type Namespaces = Parameters<typeof identitySchema.parse>[0];

const LIMITS = { identifiersPerProfileMax: 1000, identifiersPerComponentMax: 10_000 };

function identity(namespaces: Namespaces): IdentityConfig {
  return identitySchema.parse({ namespaces });
}

function compiled(namespaces: Namespaces, limits = LIMITS): CompiledRules {
  const result = compileRules(identity(namespaces), limits);
  if ("faults" in result) throw new Error(result.faults.map(({ message }) => message).join("\n"));
  return result;
}

function faultsOf(namespaces: Namespaces, limits = LIMITS): string[] {
  const result = compileRules(identity(namespaces), limits);
  return "faults" in result
    ? result.faults.map(({ path, message }) => `${path.join(".")}: ${message}`)
    : [];
}

function warningsOf(namespaces: Namespaces): string[] {
  return compiled(namespaces).warnings.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

function isBlocked(namespace: string, block: readonly BlockPattern[], value: string): boolean {
  const { rules } = compiled({ [namespace]: { block } });
  return rulesFor(namespace, rules).block.some((pattern) => pattern.matches(value));
}

test("defaults hold for every namespace, configured or not", () => {
  const { rules } = compiled({ order: { limit: 3 } });
  expect(rulesFor("cookie", rules)).toEqual({
    block: [],
    trust: "claimed",
    limit: Infinity,
    genericAfter: 100,
    priority: Infinity,
  });
  expect(rulesFor("order", rules)).toEqual({ ...rulesFor("cookie", rules), limit: 3 });
  expect(rules).toMatchObject(LIMITS);
});

test("the limits have defaults, and a question may leave them out", () => {
  expect(configSchema.parse({}).limits.identifiersPerComponentMax).toBe(10_000);
  expect(whatIfSchema.parse({ identity: {} })).toEqual({ identity: { namespaces: {} } });
  const asked = { identity: {}, limits: { identifiersPerProfileMax: 5 } };
  expect(whatIfSchema.parse(asked).limits).toEqual({ identifiersPerProfileMax: 5 });
  expect(whatIfSchema.safeParse({ identity: {}, limits: { pageSizeMax: 5 } }).success).toBe(false);
});

describe("blocked values", () => {
  test.each<[string, BlockPattern, string, boolean]>([
    ["user_id", "0", "0", true],
    ["user_id", "0", "10", false],
    ["user_id", "test*", "test7", true],
    ["user_id", "a.c", "abc", false],
    // A regular expression is searched for, as its readers expect; a pattern with stars is the whole value.
    ["user_id", "/test/", "my-test-7", true],
    ["user_id", "/^test$/", "my-test-7", false],
    ["user_id", { regex: "^0+$" }, "000", true],
    ["user_id", "/Test/", "test", false],
    ["user_id", "/(?i)Test/", "tEST", true],
    // How a value that looks like a regular expression is written, and what only looks like one.
    ["path", { regex: "^/a/$" }, "/a/", true],
    ["path", "/a/", "/a/", true],
    ["path", "/a/", "cat", true],
    ["path", "/", "/", true],
    ["path", "/", "a", false],
    ["path", "/a/b", "/a/b", true],
    ["path", "/a/b", "a", false],
    // E-mail is compared in its normal form.
    ["email", "Info@*", "info@company.example", true],
    ["email", "info@Bücher.example", "info@xn--bcher-kva.example", true],
    ["email", "/^test[0-9]*@/", "test12@company.example", true],
    ["email", "/^Test/", "test@company.example", false],
  ])("%s: %j blocks %s: %s", (namespace, written, value, blocked) =>
    expect(isBlocked(namespace, [written], value)).toBe(blocked),
  );

  test("a list replaces the built-in one, which e-mail alone has", () => {
    const noreply = "noreply@company.example";
    const blocks = (namespace: string, namespaces: Namespaces) =>
      rulesFor(namespace, compiled(namespaces).rules).block.some((p) => p.matches(noreply));
    expect(blocks("email", {})).toBe(true);
    expect(blocks("email", { email: { limit: 3 } })).toBe(true);
    expect(blocks("email", { email: { block: [] } })).toBe(false);
    expect(blocks("work_email", { work_email: {} })).toBe(false);
  });

  test("a regular expression that cannot be compiled is a fault at its place", () => {
    expect(faultsOf({ user_id: { block: ["0", "/(/", { regex: "(a)\\1" }] } })).toEqual([
      expect.stringMatching(/^identity\.namespaces\.user_id\.block\.1: .*missing closing \)/),
      expect.stringMatching(/^identity\.namespaces\.user_id\.block\.2: .*back-references/),
    ]);
  });

  test("so many regular expressions that they would cost much are a fault", () => {
    const block = Array.from({ length: 60 }, (_, index) => `/^${index}x/`);
    expect(faultsOf({ a: { block } })).toEqual([]);
    expect(faultsOf({ a: { block }, b: { block } })).toEqual([
      "identity.namespaces: there are 120 regular expressions, and 100 at most are allowed; join some with |, or write values with * instead",
    ]);
  });

  test("what can hardly be meant is warned of", () => {
    expect(warningsOf({ email: { block: ["/^Test[A-Z]\\S\\p{Lu}/"] } })).toEqual([
      expect.stringContaining('block.0: "T" can never match'),
    ]);
    expect(warningsOf({ email: { block: ["/^test[A-Za-z]\\S\\p{Lu}\\x4A/"] } })).toEqual([]);
    expect(warningsOf({ email: { block: ["/(?i)^Test/"] } })).toEqual([]);
    expect(warningsOf({ user_id: { block: ["/^Test/"] } })).toEqual([]);
    expect(warningsOf({ user_id: { block: ["/test/i"] } })).toEqual([
      expect.stringContaining("block.0: taken for an exact value"),
    ]);
    expect(warningsOf({ path: { block: ["/users/ann"] } })).toEqual([]);
  });
});

test("a profile may hold 1,000 identifiers where nothing is said, or as many as may hang together", () => {
  const rulesOf = (identifiersPerComponentMax: number) => {
    const result = compileRules(identity({}), { identifiersPerComponentMax });
    return "rules" in result ? result.rules.identifiersPerProfileMax : undefined;
  };
  expect([rulesOf(10_000), rulesOf(500)]).toEqual([1000, 500]);
});

describe("a list that lets nobody be joined is a warning", () => {
  test.each<[string, BlockPattern]>([
    ["user_id", "*"],
    ["user_id", "**"],
    ["user_id", "/.*/"],
    ["user_id", "/(?:)/"],
    ["user_id", "//"],
    ["user_id", "/^/"],
    ["user_id", "/.+/"],
    ["user_id", "/a*/"],
    ["email", "*@*"],
    ["email", "/@/"],
    ["phone", "+*"],
    ["phone", "/^\\+[0-9]+$/"],
  ])("%s: %j blocks every value", (namespace, written) => {
    expect(warningsOf({ [namespace]: { block: ["0", written] } })).toEqual([
      expect.stringMatching(
        /^identity\.namespaces\.\w+\.block\.1: .* blocks every value, so \w+ joins nobody/,
      ),
    ]);
  });

  test("so do several patterns together", () => {
    expect(warningsOf({ user_id: { block: ["/[a-m]/", "/[^a-m]/"] } })).toEqual([
      expect.stringContaining("identity.namespaces.user_id.block: the list blocks every value"),
    ]);
  });

  test.each<[string, BlockPattern]>([
    ["user_id", "/^$/"],
    ["user_id", "/^.$/"],
    ["user_id", "/^.{1,200}$/"],
    ["user_id", "/^[!-~]+$/"],
    ["user_id", "/[^0]/"],
    ["email", "*@*.*"],
    ["email", "/@[a-z]/"],
    ["email", "*@gmail.com"],
    ["phone", "+1*"],
    ["phone", "/0/"],
  ])("%s: %j leaves some", (namespace, written) =>
    expect(warningsOf({ [namespace]: { block: [written] } })).toEqual([]),
  );
});

describe("rules that nothing could meet are faults", () => {
  test("a profile that may hold more than what hangs together", () => {
    const limits = { identifiersPerProfileMax: 1000, identifiersPerComponentMax: 500 };
    expect(faultsOf({}, limits)).toEqual([
      "limits.identifiersPerProfileMax: 1000 can never be reached, because no more than 500 identifiers may hang together; lower it to 500, or raise limits.identifiersPerComponentMax (500) to 1000",
    ]);
    expect(faultsOf({}, { ...limits, identifiersPerProfileMax: 500 })).toEqual([]);
  });

  test("a limit above what one person may hold in all", () => {
    expect(faultsOf({ cookie: { limit: 1000 } })).toEqual([]);
    expect(faultsOf({ cookie: { limit: 1001 } })).toEqual([
      "identity.namespaces.cookie.limit: 1001 can never be reached, because one person may hold no more than 1000 identifiers in all; lower it to 1000, or raise limits.identifiersPerProfileMax (1000) to 1001",
    ]);
  });

  test("a genericAfter of any size says that no value is generic, and is none", () => {
    expect(faultsOf({ cookie: { genericAfter: 1_000_000 } })).toEqual([]);
  });
});

describe("the canonical text", () => {
  const textOf = (namespaces: Namespaces, limits = LIMITS) => compiled(namespaces, limits).text;

  test("holds the rules in force, defaults and built-in list included, its keys in order", () => {
    expect(textOf({ user_id: { priority: 1, limit: 1 } })).toBe(
      JSON.stringify({
        elsewhere: { block: [], genericAfter: 100, trust: "claimed" },
        identifiersPerComponentMax: 10_000,
        identifiersPerProfileMax: 1000,
        namespaces: {
          email: {
            block: [
              "do-not-reply@*",
              "do_not_reply@*",
              "donotreply@*",
              "mailer-daemon@*",
              "no-reply@*",
              "no_reply@*",
              "noreply@*",
              "postmaster@*",
            ],
            genericAfter: 100,
            trust: "claimed",
          },
          user_id: { block: [], genericAfter: 100, limit: 1, priority: 1, trust: "claimed" },
        },
      }),
    );
  });

  test.each<[string, Namespaces, Namespaces]>([
    ["defaults", {}, { email: { genericAfter: 100, trust: "claimed" }, cookie: {}, order: {} }],
    [
      "the order of namespaces",
      { a: { limit: 1 }, b: { limit: 2 } },
      { b: { limit: 2 }, a: { limit: 1 } },
    ],
    ["the order of patterns", { a: { block: ["x", "y"] } }, { a: { block: ["y", "x", "y"] } }],
    [
      "the spelling of a regular expression",
      { a: { block: ["/x/"] } },
      { a: { block: [{ regex: "x" }] } },
    ],
    ["the case of an address", { email: { block: ["Info@*"] } }, { email: { block: ["info@**"] } }],
  ])("does not tell %s", (_, one, other) => expect(textOf(one)).toBe(textOf(other)));

  test.each<[string, Namespaces]>([
    ["a limit", { a: { limit: 1 } }],
    ["a genericAfter", { a: { genericAfter: 1 } }],
    ["a priority", { a: { priority: 1 } }],
    ["a trust", { a: { trust: "verified" } }],
    ["a blocked value", { a: { block: ["0"] } }],
    ["no blocked machines", { email: { block: [] } }],
  ])("tells %s", (_, namespaces) => expect(textOf(namespaces)).not.toBe(textOf({})));

  test("tells the limits", () => {
    expect(textOf({}, { ...LIMITS, identifiersPerProfileMax: 5 })).not.toBe(textOf({}));
    expect(textOf({}, { ...LIMITS, identifiersPerComponentMax: 5000 })).not.toBe(textOf({}));
  });

  test("tells a value from the regular expression of the same letters", () => {
    const text = (written: BlockPattern) => textOf({ a: { block: [written] } });
    expect(new Set(["x", "/x/", { regex: "/x/" }, { regex: "^x$" }].map(text)).size).toBe(4);
  });
});
