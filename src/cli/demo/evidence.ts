/**
 * The evidence that a person's identifiers belong together, as a tree: from the identifier that was asked for along
 * the links that were followed, each with the event that proves it.
 */
import type { GraphView } from "../../queries/queries.ts";
import type { LinkView } from "../../queries/link-view.ts";

/** An identifier, the link by which it is reached, and what is reached through it. */
export interface Branch {
  readonly identifier: string;
  /** Undefined for the root. */
  readonly link: LinkView | undefined;
  readonly branches: readonly Branch[];
}

/** Breadth first, so that nothing hangs further from the root than it must. Links beyond a tree's are left out. */
export function evidenceTree(root: string, { links }: Pick<GraphView, "links">): Branch {
  const followed = links.filter(({ outcome }) => outcome === "followed");
  const branchesOf = new Map<string, Branch[]>([[root, []]]);
  for (const [identifier, branches] of branchesOf) {
    for (const link of followed) {
      const reached = otherEnd(link, identifier);
      if (reached === undefined || branchesOf.has(reached)) continue;
      const own: Branch[] = [];
      // A Map is walked to what is added on the way: this is the queue.
      branchesOf.set(reached, own);
      branches.push({ identifier: reached, link, branches: own });
    }
  }
  return { identifier: root, link: undefined, branches: branchesOf.get(root)! };
}

function otherEnd({ a, b }: LinkView, identifier: string): string | undefined {
  if (a === identifier) return b;
  return b === identifier ? a : undefined;
}
