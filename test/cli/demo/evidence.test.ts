import { describe, expect, test } from "vitest";
import { evidenceTree } from "../../../src/cli/demo/evidence.ts";
import type { LinkView } from "../../../src/queries/link-view.ts";

function link(a: string, b: string, outcome: LinkView["outcome"] = "followed"): LinkView {
  const time = "2026-02-02T00:00:00.000Z";
  const seen = { firstSeenAt: time, lastSeenAt: time, events: 1, evidence: ["ev_1"] };
  return { a, b, outcome, trust: "verified", ...seen };
}

describe("the tree of evidence", () => {
  test("reaches everything from its root, in whichever direction a link is written", () => {
    const links = [link("email:a", "slack:1"), link("email:a", "shop:7")];
    expect(evidenceTree("slack:1", { links })).toEqual({
      identifier: "slack:1",
      link: undefined,
      branches: [
        {
          identifier: "email:a",
          link: links[0],
          branches: [{ identifier: "shop:7", link: links[1], branches: [] }],
        },
      ],
    });
  });

  test("holds every identifier once, as near to the root as it can be", () => {
    const links = [link("a", "b"), link("b", "c"), link("c", "a"), link("a", "d", "ineligible")];
    const { branches } = evidenceTree("a", { links });
    expect(branches.map(({ identifier }) => identifier)).toEqual(["b", "c"]);
    expect(branches.flatMap((branch) => branch.branches)).toEqual([]);
  });
});
