import { join } from "node:path";
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, formatFault } from "../../src/config/config-text.ts";
import { loadConfig, parseConfig } from "../../src/config/config.ts";
import { temporaryFolder } from "../support/temporary.ts";

function faultsOf(yaml: string, environment: Record<string, string> = {}): string {
  try {
    parseConfig(yaml, "selfsame.yaml", environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "valid";
}

describe("faults name file, line, path and fix", () => {
  test.each([
    [
      "sources:\n  chat:\n    eventTyp: a",
      "selfsame.yaml:3: sources.chat.eventTyp: unknown key; did you mean eventType?",
    ],
    ["sorces: {}", "selfsame.yaml:1: sorces: unknown key; did you mean sources?"],
    [
      "limits:\n  xyzzy: 1",
      "selfsame.yaml:2: limits.xyzzy: unknown key; known are bodyBytesMax, jsonDepthMax",
    ],
    [
      "identity:\n  namespaces:\n    email: { blok: [] }",
      "selfsame.yaml:3: identity.namespaces.email.blok: unknown key; did you mean block?",
    ],
    [
      "sources:\n  chat:\n    respond: loud",
      "selfsame.yaml:3: sources.chat.respond: expected receipt or full or empty",
    ],
    [
      'sources:\n  chat:\n    allowedOrigins: ["https://*.example.com"]',
      "selfsame.yaml:3: sources.chat.allowedOrigins[0]: expected a whole origin such as",
    ],
    [
      'sources:\n  chat:\n    allowedOrigins: ["https://a.example:99999"]',
      "selfsame.yaml:3: sources.chat.allowedOrigins[0]: no origin has such a host or port",
    ],
    [
      "sources:\n  chat:\n    rateLimit: { perSecond: 1.0e-300 }",
      "selfsame.yaml:3: sources.chat.rateLimit.perSecond: ",
    ],
    [
      "sources:\n  chat:\n    redirectTo: https://a.example:99999/",
      "selfsame.yaml:3: sources.chat.redirectTo: no address has such a host or port",
    ],
    [
      "sources:\n  chat:\n    verify:\n      scheme: hmac\n      headr: X-Signature",
      "selfsame.yaml:5: sources.chat.verify.headr: unknown key; did you mean header?",
    ],
    [
      "sources:\n  chat:\n    verify: { scheme: hmac }",
      "selfsame.yaml:3: sources.chat.verify.header: expected a string, and there is nothing",
    ],
    [
      "sources:\n  chat:\n    verify: { scheme: hmca, header: X-Signature }",
      "selfsame.yaml:3: sources.chat.verify.scheme: expected scheme: hmac, token,",
    ],
    [
      "sources:\n  chat:\n    verify:\n      - { scheme: twilio }\n      - { scheme: token, in: heder }",
      "selfsame.yaml:5: sources.chat.verify[1].in: expected header or basic or query or path",
    ],
    [
      "sources:\n  chat:\n    verify: { toleranceSeconds: 60 }",
      "selfsame.yaml:3: sources.chat.verify.scheme: expected scheme: hmac, token,",
    ],
    [
      "sources:\n  repo:\n    preset: gitlab\n    verify: { toleranceSeconds: 60 }",
      "selfsame.yaml:4: sources.repo.verify.scheme: expected scheme: hmac, token,",
    ],
    [
      "sources:\n  chat:\n    replaceProfileId: 7",
      "selfsame.yaml:3: sources.chat.replaceProfileId: expected a path such as",
    ],
    [
      "sources:\n  chat:\n    replaceProfileId:\n      - user.id\n      - user[",
      'selfsame.yaml:5: sources.chat.replaceProfileId[1]: "user[" is not a path',
    ],
    [
      "sources:\n  chat:\n    traits:\n      name: a..b",
      'selfsame.yaml:4: sources.chat.traits.name: "a..b" is not a path',
    ],
    [
      "sources:\n  chat:\n    events: header:x",
      'selfsame.yaml:3: sources.chat.events: "header:x" does not lie in the body',
    ],
    [
      "sources:\n  chat:\n    drop:\n      - event.bot_id\n      - event[",
      'selfsame.yaml:5: sources.chat.drop[1]: "event[" is not a path',
    ],
    [
      "sources:\n  chat:\n    drop:\n      - path: a..b\n        equals: x",
      'selfsame.yaml:4: sources.chat.drop[0].path: "a..b" is not a path',
    ],
    [
      "sources:\n  chat:\n    drop: [{ path: a }]",
      "selfsame.yaml:3: sources.chat.drop[0]: expected a path such as",
    ],
    [
      "sources:\n  chat:\n    honeypot: header:x",
      'selfsame.yaml:3: sources.chat.honeypot: "header:x" does not lie in the body',
    ],
    [
      "sources:\n  chat:\n    eventType:\n      - a\n      - all: [b, c..d]",
      'selfsame.yaml:5: sources.chat.eventType[1]: "c..d" is not a path',
    ],
    [
      "sources:\n  chat:\n    eventType: { all: [a] }",
      "selfsame.yaml:3: sources.chat.eventType.all: expected at least 2 element",
    ],
    ["limits: { formFieldsMax: 0 }", "selfsame.yaml:1: limits.formFieldsMax: "],
    [
      "sources:\n  chat:\n    phoneCountry: Narnia",
      'selfsame.yaml:3: sources.chat.phoneCountry: "Narnia" is no country',
    ],
    [
      "sources:\n  'my chat': {}",
      "selfsame.yaml:2: sources.my chat: not a name: a name starts with",
    ],
    ["sources:\n  chat: {\n", "selfsame.yaml:3: not YAML"],
    ["limits:\n  bodyBytesMax: 0", "selfsame.yaml:2: limits.bodyBytesMax: expected at least 1"],
    [
      "limits:\n  bodySecondsMax: 0",
      "selfsame.yaml:2: limits.bodySecondsMax: expected at least 0.01",
    ],
    ["limits:\n  connectionsMax: 0", "selfsame.yaml:2: limits.connectionsMax: expected at least 1"],
    [
      "apiKeys:\n  - name: a\n    key: k\n    scopes: [rule]",
      "selfsame.yaml:4: apiKeys[0].scopes[0]: expected read or write or admin",
    ],
    [
      "apiKeys:\n  - { name: a, key: k, scopes: [read], rateLimit: { perSecond: 0 } }",
      "selfsame.yaml:2: apiKeys[0].rateLimit.perSecond: expected at least 0.00001",
    ],
    ...["kéy", "key ", " key", "key\\n"].map((key) => [
      `apiKeys:\n  - { name: a, key: "${key}", scopes: [read] }`,
      "selfsame.yaml:2: apiKeys[0].key: expected ASCII characters without a blank or a line end around them, as a header carries them",
    ]),
    [
      "apiRateLimit:\n  burst: 1",
      "selfsame.yaml:2: apiRateLimit.perSecond: expected a number, and there is nothing",
    ],
    [
      "cors:\n  origins:\n    - https://dash.example.com/app",
      "selfsame.yaml:3: cors.origins[0]: expected a whole origin such as https://www.example.com",
    ],
    ["cors: { origins: [] }", "selfsame.yaml:1: cors.origins: expected at least 1"],
    ["database: a\ndatabase: b", "selfsame.yaml:2: not YAML: Map keys must be unique"],
    [
      "identity:\n  namespaces:\n    email:\n      block:\n        - info@*\n        - /(/",
      "selfsame.yaml:6: identity.namespaces.email.block[1]: not a regular expression of RE2's syntax: missing closing )",
    ],
    [
      "identity:\n  namespaces:\n    email:\n      block:\n        - { regexp: a }",
      "selfsame.yaml:5: identity.namespaces.email.block[0]: expected a value such as",
    ],
    [
      "limits:\n  identifiersPerComponentMax: 500\n  identifiersPerProfileMax: 501",
      "selfsame.yaml:3: limits.identifiersPerProfileMax: 501 can never be reached",
    ],
    [
      "limits: { identifiersPerProfileMax: 5 }\nidentity:\n  namespaces:\n    cookie:\n      limit: 6",
      "selfsame.yaml:5: identity.namespaces.cookie.limit: 6 can never be reached",
    ],
    // Found by the property below.
    ["*a", "not YAML: Unresolved alias"],
    ["- a", "selfsame.yaml:1: expected an object"],
  ])("%j", (yaml, message) => expect(faultsOf(yaml)).toContain(message));

  test("all at once, in the order of the lines", () => {
    const faults = faultsOf("sources:\n  chat:\n    a: 1\n    respond: loud\n    b: 2").split("\n");
    expect(faults.map((fault) => /^selfsame\.yaml:(\d)/.exec(fault)?.[1])).toEqual(["3", "4", "5"]);
  });

  test("those of sources and those of rules together", () => {
    const faults = faultsOf(
      "sources: { chat: { events: a..b } }\nidentity: { namespaces: { a: { block: [/(/] } } }",
    );
    expect(faults.split("\n")).toHaveLength(2);
  });

  test("a missing file says so", () => {
    const file = join(temporaryFolder(), "selfsame.yaml");
    expect(() => loadConfig(file, {})).toThrow(`${file}: there is no such file`);
    writeFileSync(file, "sources: { chat: {} }");
    expect([...loadConfig(file, {}).sources.keys()]).toEqual(["chat"]);
  });
});

test("everything that is wrong before a source is told at once", () => {
  const source = `
sources:
  zoom: { handshake: zoom, verify: { scheme: hmac, header: X-A, template: "{nope}{body}" } }
  meta: { handshake: meta, secret: "s3cret ", verify: { scheme: twilio } }
  slack: { handshake: slack, handshakeToken: t0ken }`;
  let told = "";
  try {
    parseConfig(source, "f", {});
  } catch (error) {
    told = (error as Error).message;
  }
  const faults = told.split("\n").map((line) => line.split(":")[2]?.trim());
  expect(faults).toEqual([
    "sources.zoom.secret",
    "sources.zoom.secret",
    "sources.zoom.verify.template",
    "sources.meta.handshakeToken",
    "sources.meta.verify.scheme",
    "sources.meta.secret",
    "sources.slack.handshakeToken",
  ]);
  expect(told).not.toMatch(/s3cret|t0ken/);
});

describe("access", () => {
  test("a key has its own rate, else that of all; an origin is read as browsers send it", () => {
    const settings = parseConfig(
      `apiKeys:
  - { name: a, key: k, scopes: [read], rateLimit: { perSecond: 2 } }
  - { name: b, key: l, scopes: [read] }
apiRateLimit: { perSecond: 5, burst: 7 }
cors: { origins: ["https://Dash.Example.com:443", "*"] }`,
      "f",
      {},
    );
    expect(settings.apiKeys.map(({ name, rate }) => [name, rate])).toEqual([
      ["a", { perSecond: 2, burst: 20 }],
      ["b", { perSecond: 5, burst: 7 }],
    ]);
    expect(settings.apiRate).toEqual({ perSecond: 5, burst: 7 });
    expect(settings.corsOrigins).toEqual(["https://dash.example.com", "*"]);
  });

  test("without a word there is no rate and no page", () => {
    const settings = parseConfig("apiKeys: [{ name: a, key: k, scopes: [read] }]", "f", {});
    expect(settings.apiKeys[0]!.rate).toBeUndefined();
    expect([settings.apiRate, settings.corsOrigins]).toEqual([undefined, undefined]);
  });

  test("two keys of one name, and * without keys, are warned of", () => {
    const warningsOf = (yaml: string) =>
      parseConfig(yaml, "f", {}).warnings.map(({ path, message }) => `${path}: ${message}`);
    const key = "{ name: a, key: k, scopes: [read] }";
    expect(warningsOf(`apiKeys: [${key}, ${key}]`)).toEqual([
      expect.stringMatching(/^apiKeys\[1\]\.name: another key is called a too/),
    ]);
    expect(warningsOf('cors: { origins: ["*"] }')).toEqual([
      expect.stringMatching(/^cors\.origins: without any key \* lets no page in/),
    ]);
    expect(warningsOf(`apiKeys: [${key}]\ncors: { origins: ["*"] }`)).toEqual([]);
    expect(warningsOf('cors: { origins: ["https://a.example"] }')).toEqual([]);
  });
});

describe("${NAME}", () => {
  test("is replaced from the environment, after parsing", () => {
    const settings = parseConfig('apiKeys:\n  - { name: a, key: "${KEY}", scopes: [read] }', "f", {
      KEY: "s3cret: [",
    });
    expect(settings.apiKeys[0]!.key).toBe("s3cret: [");
  });

  test("unset is a fault that names it, with its line", () => {
    expect(faultsOf("database: a\napiKeys:\n  - key: ${KEY}\n")).toBe(
      "selfsame.yaml:3: the environment variable KEY is not set; set it before the start",
    );
  });

  test("a value from the environment stands in no message", () => {
    expect(faultsOf("limits:\n  bodyBytesMax: ${SIZE}", { SIZE: "s3cret" })).not.toContain(
      "s3cret",
    );
    expect(faultsOf("database: [${SIZE}]", { SIZE: "s3cret" })).not.toContain("s3cret");
    expect(faultsOf("sources: { chat: { respond: '${SIZE}' } }", { SIZE: "s3cret" })).not.toContain(
      "s3cret",
    );
  });
});

test("an empty file is a configuration with defaults", () => {
  const settings = parseConfig("", "f", {});
  expect(settings.database).toBe("./selfsame.db");
  expect(settings.limits.bodyBytesMax).toBe(1_048_576);
  expect(settings.sources.size).toBe(0);
});

describe("what can hardly be meant is warned of", () => {
  const warningsOf = (...lines: readonly string[]) =>
    parseConfig(lines.join("\n"), "f", {}).warnings.map(formatFault);

  test("a source that names nobody", () => {
    expect(warningsOf("sources: { chat: {} }")).toEqual([
      expect.stringContaining("f:1: sources.chat: neither replaceProfileId nor identifiers"),
    ]);
  });

  test("a publicUrl that holds what follows it", () => {
    const warned = (publicUrl: string) =>
      warningsOf(`publicUrl: ${publicUrl}`, "sources: { chat: { replaceProfileId: id } }");
    for (const end of ["/webhooks", "/in/webhooks/", "/collect"])
      expect(warned(`https://hooks.example.com${end}`)).toEqual([
        expect.stringMatching(/^f:1: publicUrl: senders would have to post to …\/(\w+)\/\1\/…; /),
      ]);
    for (const end of ["", "/", "/in", "/my-webhooks/in"])
      expect(warned(`https://hooks.example.com${end}`)).toEqual([]);
  });

  test("a known sender whom anybody may stand for, and who is believed", () => {
    const warnings = warningsOf("sources:", "  pay:", "    preset: stripe", "    verify: none");
    expect(warnings).toEqual([
      expect.stringMatching(/^f:4: sources\.pay\.verify: anybody may post.* write trust: claimed/),
    ]);
    expect(
      warningsOf("sources: { pay: { preset: stripe, verify: none, trust: claimed } }"),
    ).toEqual([]);
  });

  const NAMES_BOTH = "sources: { chat: { replaceProfileId: id, identifiers: { email: mail } } }";

  test("a namespace that no source names, with the name that was meant", () => {
    expect(warningsOf(NAMES_BOTH, "identity:", "  namespaces:", "    emial: { limit: 1 }")).toEqual(
      [
        expect.stringMatching(
          /^f:4: identity\.namespaces\.emial: no source .* did you mean email\?$/,
        ),
      ],
    );
    expect(
      warningsOf(
        NAMES_BOTH,
        "identity: { namespaces: { email: { limit: 1 }, chat: { limit: 1 } } }",
      ),
    ).toEqual([]);
    // The file is only begun.
    expect(warningsOf("identity: { namespaces: { email: { limit: 1 } } }")).toEqual([]);
  });

  test("a trust that no enabled source has", () => {
    const warned = (source: string) =>
      warningsOf(
        "sources:",
        "  site: { identifiers: { cookie: c } }",
        `  form: { ${source} identifiers: { email: mail } }`,
        "identity: { namespaces: { email: { trust: verified } } }",
      );
    const warning = "f:4: identity.namespaces.email.trust: no enabled source that is itself";
    expect(warned("")).toEqual([]);
    expect(warned("trust: claimed,")).toEqual([expect.stringContaining(warning)]);
    expect(warned("enabled: false,")).toEqual([expect.stringContaining(warning)]);
  });
});

test("the rules come with their canonical text", () => {
  const { rules, rulesText } = parseConfig("limits: { identifiersPerProfileMax: 7 }", "f", {});
  expect(rules.identifiersPerProfileMax).toBe(7);
  expect(JSON.parse(rulesText)).toMatchObject({ identifiersPerProfileMax: 7 });
  expect(parseConfig("", "f", {}).rulesText).not.toBe(rulesText);
});

test("mail of machines is blocked unless the configuration says otherwise; patterns ignore case for e-mail", () => {
  const blocked = (yaml: string, value: string) =>
    parseConfig(yaml, "f", {})
      .rules.namespaces.get("email")!
      .block.some((pattern) => pattern.matches(value));
  expect(blocked("", "noreply@github.com")).toBe(true);
  expect(blocked("", "ann@github.com")).toBe(false);
  const configured = "identity: { namespaces: { email: { block: ['Info@*'] } } }";
  expect(blocked(configured, "info@company.com")).toBe(true);
  expect(blocked(configured, "noreply@github.com")).toBe(false);
});

test("no text at all does anything but parse or throw a ConfigError", () => {
  const word = fc.constantFrom(
    "sources",
    "chat",
    "identity",
    "limits",
    ":",
    " ",
    "\n",
    "- ",
    "{",
    "}",
    "[",
    "&a",
    "*a",
    "${X}",
    "7",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(word, { maxLength: 15 }).map((words) => words.join("")),
        fc.string(),
      ),
      (yaml) => {
        faultsOf(yaml);
      },
    ),
    { numRuns: 500 },
  );
});
