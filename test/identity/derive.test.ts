import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derive } from "../../src/identity/derive.ts";
import type { Graph, GraphDecision, GraphLink, GraphNode } from "../../src/identity/graph.ts";
import { compilePattern } from "../../src/identity/pattern.ts";
import type { NamespaceRules, Rules } from "../../src/identity/rules.ts";
import { NO_RULES, UNRULED } from "../support/resolving.ts";

/** A node by its text. */
function node(text: string, order: number): GraphNode {
  const [namespace, value] = text.split(":") as [string, string];
  return {
    id: `pr_${text}`,
    identifier: { namespace, value },
    order,
    profile: undefined,
    component: undefined,
    generic: false,
  };
}

type Pair = readonly [string, string, Partial<Pick<GraphLink, "trust" | "evidenceAt">>?];

/** The graph of these links, of the nodes that they name and of no others. */
function graphOf(pairs: readonly Pair[], decisions: readonly GraphDecision[] = []): Graph {
  const texts = [...new Set(pairs.flatMap(([a, b]) => [a, b]))];
  return {
    nodes: texts.map((text, order) => node(text, order)),
    links: pairs.map(([a, b, { trust = "claimed" as const, evidenceAt } = {}]): GraphLink => ({
      a: texts.indexOf(a),
      b: texts.indexOf(b),
      trust,
      evidenceAt,
      objection: undefined,
    })),
    decisions,
  };
}

function ruling(kind: "join" | "split", a: string, b: string, override = false): GraphDecision {
  const id = `dc_${kind} ${a} ${b}`;
  return { id, kind, a: `pr_${a}`, b: `pr_${b}`, override, objection: undefined };
}

function rulesOf(
  namespaces: Readonly<Record<string, Partial<NamespaceRules>>>,
  limits: Partial<Rules> = {},
): Rules {
  const entries = Object.entries(namespaces);
  return {
    ...NO_RULES,
    ...limits,
    namespaces: new Map(entries.map(([name, rules]) => [name, { ...UNRULED, ...rules }])),
  };
}

/** The members of every profile that has more than one, as texts. */
function profilesOf(graph: Graph, rules: Rules): string[] {
  const { profileOf } = derive(graph, rules);
  const groups = new Map<number, string[]>();
  for (const [place, { identifier }] of graph.nodes.entries()) {
    const members = groups.get(profileOf[place]!) ?? [];
    groups.set(profileOf[place]!, [...members, `${identifier.namespace}:${identifier.value}`]);
  }
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((members) => members.toSorted().join(" "))
    .toSorted();
}

function rulesTold(graph: Graph, rules: Rules): (string | undefined)[] {
  return derive(graph, rules).objections.map((objection) => objection?.rule);
}

describe("a plain component", () => {
  test("is one profile, and nothing about it is folded", () => {
    const graph = graphOf([
      ["a:1", "b:1"],
      ["b:1", "c:1"],
      ["a:2", "b:2"],
    ]);
    const { touched } = derive(graph, NO_RULES);
    expect(touched.size).toBe(0);
    expect(profilesOf(graph, NO_RULES)).toEqual(["a:1 b:1 c:1", "a:2 b:2"]);
  });
});

describe("a limit", () => {
  const graph = graphOf([
    ["user:1", "mail:x", { evidenceAt: 2 }],
    ["user:2", "mail:x", { evidenceAt: 1 }],
  ]);

  test("lets the earlier link have the value, and refuses the later", () => {
    const rules = rulesOf({ user: { limit: 1 } });
    expect(profilesOf(graph, rules)).toEqual(["mail:x user:2"]);
    expect(derive(graph, rules).objections).toEqual([
      { rule: "limit", subject: "user" },
      undefined,
    ]);
  });

  test("is not touched by as many as it allows", () => {
    expect(profilesOf(graph, rulesOf({ user: { limit: 2 } }))).toEqual(["mail:x user:1 user:2"]);
  });

  test("holds for all identifiers together too", () => {
    const rules = rulesOf({}, { identifiersPerProfileMax: 2 });
    expect(profilesOf(graph, rules)).toEqual(["mail:x user:2"]);
    expect(rulesTold(graph, rules)).toEqual(["identifiersPerProfileMax", undefined]);
  });

  test("may be gone beyond by a person, and what does not add to it is followed still", () => {
    const pairs: Pair[] = [
      ["user:1", "mail:x", { evidenceAt: 1 }],
      ["user:2", "mail:y", { evidenceAt: 2 }],
      ["mail:y", "device:1", { evidenceAt: 3 }],
      ["user:3", "device:1", { evidenceAt: 4 }],
    ];
    const join = ruling("join", "user:1", "user:2", true);
    const rules = rulesOf({ user: { limit: 1 } });
    expect(profilesOf(graphOf(pairs, [join]), rules)).toEqual([
      "device:1 mail:x mail:y user:1 user:2",
    ]);
    expect(rulesTold(graphOf(pairs, [join]), rules).at(-1)).toBe("limit");
  });
});

describe("the order of links", () => {
  const contested = (
    left: Partial<Pick<GraphLink, "trust" | "evidenceAt">>,
    right: Partial<Pick<GraphLink, "trust" | "evidenceAt">>,
  ) =>
    graphOf([
      ["user:1", "mail:x", left],
      ["user:2", "mail:x", right],
    ]);
  const rules = rulesOf({ user: { limit: 1 } });

  test("puts the better trusted before the earlier", () => {
    const graph = contested({ trust: "claimed", evidenceAt: 1 }, { trust: "verified" });
    expect(profilesOf(graph, rules)).toEqual(["mail:x user:2"]);
  });

  test("puts a better priority before the earlier, whichever end has it", () => {
    const graph = graphOf([
      ["user:1", "mail:x", { evidenceAt: 1 }],
      ["mail:x", "phone:1", { evidenceAt: 2 }],
      ["phone:1", "user:2", { evidenceAt: 3 }],
    ]);
    const ruled = rulesOf({ user: { limit: 1 }, phone: { priority: 1 } });
    expect(profilesOf(graph, ruled)).toEqual(["mail:x phone:1 user:2"]);
  });

  test("puts a link that no event gave a time for behind those that have one", () => {
    expect(profilesOf(contested({}, { evidenceAt: 9e15 }), rules)).toEqual(["mail:x user:2"]);
  });

  test("goes by the texts where all else is equal", () => {
    expect(profilesOf(contested({}, {}), rules)).toEqual(["mail:x user:1"]);
  });

  test("is total: any order of the same links gives the same profiles", () => {
    const texts = ["user:1", "user:2", "mail:1", "mail:2", "phone:1", "phone:2"];
    const pair = fc
      .record({
        ends: fc.shuffledSubarray(texts, { minLength: 2, maxLength: 2 }),
        trust: fc.constantFrom("claimed" as const, "verified" as const),
        evidenceAt: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
      })
      .map(({ ends, ...rest }): Pair => [ends[0]!, ends[1]!, rest]);
    const linksInTwoOrders = fc
      .uniqueArray(pair, { maxLength: 12, selector: ([a, b]) => [a, b].toSorted().join(" ") })
      .chain((pairs) =>
        fc.tuple(
          fc.constant(pairs),
          fc.shuffledSubarray(pairs, { minLength: pairs.length, maxLength: pairs.length }),
        ),
      );
    const tight = rulesOf({
      user: { limit: 1 },
      mail: { limit: 1, priority: 1 },
      phone: { limit: 1 },
    });
    fc.assert(
      fc.property(linksInTwoOrders, ([one, other]) => {
        expect(profilesOf(graphOf(one), tight)).toEqual(profilesOf(graphOf(other), tight));
      }),
    );
  });
});

describe("ineligible links", () => {
  test("are those of blocked values, of too little trust, and of generic values", () => {
    const graph = graphOf([
      ["user:1", "mail:noreply@x"],
      ["user:1", "mail:a@x"],
      ["user:1", "mail:b@x", { trust: "verified" }],
      ["user:1", "device:1"],
    ]);
    const nodes = graph.nodes.map((one) =>
      one.identifier.namespace === "device" ? { ...one, generic: true } : one,
    );
    const rules = rulesOf({
      mail: { block: [compilePattern("noreply@*")], trust: "verified" },
    });
    expect(rulesTold({ ...graph, nodes }, rules)).toEqual([
      "blocked",
      "trust",
      undefined,
      "generic",
    ]);
    expect(profilesOf({ ...graph, nodes }, rules)).toEqual(["mail:b@x user:1"]);
  });
});

describe("decisions", () => {
  test("a split keeps two apart on every path, and cuts the latest links", () => {
    const graph = graphOf(
      [
        ["a:1", "b:1", { evidenceAt: 1 }],
        ["b:1", "c:1", { evidenceAt: 2 }],
        ["a:1", "d:1", { evidenceAt: 3 }],
        ["d:1", "c:1", { evidenceAt: 4 }],
      ],
      [ruling("split", "a:1", "c:1")],
    );
    expect(profilesOf(graph, NO_RULES)).toEqual(["a:1 b:1 d:1"]);
    expect(rulesTold(graph, NO_RULES)).toEqual([undefined, "split", undefined, "split"]);
  });

  test("a join comes before all links, and a split holds against it", () => {
    const pairs: Pair[] = [
      ["a:1", "b:1"],
      ["c:1", "d:1"],
    ];
    const join = ruling("join", "b:1", "c:1");
    expect(profilesOf(graphOf(pairs, [join]), NO_RULES)).toEqual(["a:1 b:1 c:1 d:1"]);
    const graph = graphOf(pairs, [
      ruling("join", "b:1", "c:1", true),
      ruling("split", "b:1", "c:1"),
    ]);
    expect(profilesOf(graph, NO_RULES)).toEqual(["a:1 b:1", "c:1 d:1"]);
    expect([...derive(graph, NO_RULES).joinObjections.values()]).toEqual([
      { rule: "split", subject: "dc_split b:1 c:1" },
    ]);
  });

  test("make their components touched, also where they change nothing", () => {
    const graph = graphOf([["a:1", "b:1"]], [ruling("split", "a:1", "elsewhere:1")]);
    const { touched, componentOf } = derive(graph, NO_RULES);
    expect([...touched]).toEqual([componentOf[0]]);
    expect(profilesOf(graph, NO_RULES)).toEqual(["a:1 b:1"]);
  });
});

describe("the largest component", () => {
  test("refuses what would make it larger, in the order of links", () => {
    const graph = graphOf([
      ["a:1", "b:1", { evidenceAt: 3 }],
      ["b:1", "c:1", { evidenceAt: 1 }],
      ["c:1", "d:1", { evidenceAt: 2 }],
      ["a:2", "b:2", { evidenceAt: 9 }],
    ]);
    const rules = rulesOf({}, { identifiersPerComponentMax: 3 });
    expect(profilesOf(graph, rules)).toEqual(["a:2 b:2", "b:1 c:1 d:1"]);
    expect(rulesTold(graph, rules)).toEqual([
      "identifiersPerComponentMax",
      undefined,
      undefined,
      undefined,
    ]);
  });
});
