/**
 * The identity rules and what they say of one link. A link that the rules do not let anybody follow stays evidence:
 * it is kept, it is told, and it joins nobody.
 */
import { identifierText } from "./identifier.ts";
import type { Pattern } from "./pattern.ts";
import type { Identifier, Link, Trust } from "./types.ts";

export interface NamespaceRules {
  /** Values that many people carry by accident; a link to one is not followed. */
  readonly block: readonly Pattern[];
  /** The trust a link through this namespace needs before it is followed. */
  readonly trust: Trust;
}

export interface Rules {
  readonly namespaces: ReadonlyMap<string, NamespaceRules>;
}

/** Why a link is not followed. `blocked` stands until the rules change, `trust` until a better source repeats it. */
export interface Ineligibility {
  readonly rule: "blocked" | "trust";
  readonly identifier: Identifier;
  readonly reason: string;
}

function blockedBy(identifier: Identifier, rules: Rules): Ineligibility | undefined {
  const pattern = rules.namespaces
    .get(identifier.namespace)
    ?.block.find((candidate) => candidate.matches(identifier.value));
  if (pattern === undefined) return undefined;
  const reason = `${identifierText(identifier)} is a blocked value (${identifier.namespace}: ${pattern.text})`;
  return { rule: "blocked", identifier, reason };
}

function pendingBy(identifier: Identifier, trust: Trust, rules: Rules): Ineligibility | undefined {
  const needed = rules.namespaces.get(identifier.namespace)?.trust ?? "claimed";
  if (needed === "claimed" || trust === "verified") return undefined;
  const reason = `a link through ${identifier.namespace} needs a verified source; this one is only claimed`;
  return { rule: "trust", identifier, reason };
}

/** Undefined for a link that may be followed. It depends on the link and the rules alone. */
export function ineligibility(link: Link, rules: Rules): Ineligibility | undefined {
  return (
    blockedBy(link.a.identifier, rules) ??
    blockedBy(link.b.identifier, rules) ??
    pendingBy(link.a.identifier, link.trust, rules) ??
    pendingBy(link.b.identifier, link.trust, rules)
  );
}
