import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold } from "../../src/identity/fold.ts";
import { orderedEnds } from "../../src/identity/identifier.ts";
import { compilePattern } from "../../src/identity/pattern.ts";
import { ineligibility, type Rules } from "../../src/identity/rules.ts";
import type { Link, Node, Trust } from "../../src/identity/types.ts";
import { UnionFind } from "../../src/identity/union-find.ts";
import { ids } from "../support/ids.ts";

const rules: Rules = {
  namespaces: new Map([
    ["email", { block: [compilePattern("noreply@*")], trust: "verified" }],
    ["device", { block: [], trust: "claimed" }],
  ]),
};

function node(namespace: string, value: string): Node {
  const identifier = { namespace, value };
  return { id: ids.profileId(identifier), identifier };
}

function link(left: Node, right: Node, trust: Trust = "verified"): Link {
  const [a, b] = orderedEnds(left, right);
  return { a, b, trust, firstSeenAt: 0 };
}

const nodes = [
  ...["a@x", "b@x", "noreply@x"].map((value) => node("email", value)),
  ...["d1", "d2", "d3"].map((value) => node("device", value)),
];

/** The groups that a fold makes, as sorted texts. */
function groupsOf(links: readonly Link[]): string[] {
  const groups = new UnionFind();
  groups.add(nodes.length);
  fold(links, rules, groups, (single) => nodes.findIndex(({ id }) => id === single.id));
  const roots = nodes.map((_, index) => groups.find(index));
  return [...new Set(roots)]
    .map((root) => [...groups.members(root)].toSorted((a, b) => a - b).join())
    .toSorted();
}

const anyLink = fc
  .tuple(
    fc.constantFrom(...nodes),
    fc.constantFrom(...nodes),
    fc.constantFrom<Trust>("claimed", "verified"),
  )
  .filter(([left, right]) => left !== right)
  .map(([left, right, trust]) => link(left, right, trust));

describe("the fold", () => {
  test("I1: depends on the links alone, not on their order or number", () => {
    const links = fc.array(anyLink, { maxLength: 12 });
    fc.assert(
      fc.property(
        links.chain((some) =>
          fc.tuple(
            fc.constant(some),
            fc.shuffledSubarray([...some, ...some], { minLength: some.length * 2 }),
          ),
        ),
        ([some, shuffled]) => {
          expect(groupsOf(shuffled)).toEqual(groupsOf(some));
        },
      ),
    );
  });

  test("follows what the rules allow and tells what they do not, with the rule", () => {
    const [mail, , noreply, first] = nodes as [Node, Node, Node, Node];
    const links = [link(mail, first), link(noreply, first), link(mail, first, "claimed")];
    const groups = new UnionFind();
    groups.add(nodes.length);
    const verdicts = fold(links, rules, groups, (single) => nodes.indexOf(single));
    expect(verdicts.map(({ outcome, ineligibility: why }) => [outcome, why?.rule])).toEqual([
      ["followed", undefined],
      ["ineligible", "blocked"],
      ["ineligible", "trust"],
    ]);
    expect(groups.sizeOf(0)).toBe(2);
  });
});

test("a claimed link is ineligible only through a namespace that asks for more", () => {
  const [mail, , , first, second] = nodes as [Node, Node, Node, Node, Node];
  expect(ineligibility(link(first, second, "claimed"), rules)).toBeUndefined();
  expect(ineligibility(link(mail, second, "claimed"), rules)).toMatchObject({ rule: "trust" });
  expect(ineligibility(link(mail, second, "verified"), rules)).toBeUndefined();
  expect(ineligibility(link(node("crm", "1"), second, "claimed"), rules)).toBeUndefined();
});
