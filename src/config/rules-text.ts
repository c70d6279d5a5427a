/**
 * The rules in force as a canonical text, by which a store tells whether they have changed, and the way back from it to
 * what a person could have written in the configuration. The two stand together because each has to undo the other.
 */
import type { IdentityConfig, NamespaceConfig } from "../../schema/config.ts";
import type { NamespaceRules, Rules } from "../identity/rules.ts";
import { BLOCKED_BY_DEFAULT } from "./blocked-by-default.ts";

/** A limit or a priority that is not set is left out, since JSON has no infinity. */
type CanonicalNamespace = Omit<NamespaceConfig, "block"> & { readonly block: string[] };

interface CanonicalRules {
  readonly elsewhere: CanonicalNamespace;
  readonly identifiersPerComponentMax: number;
  readonly identifiersPerProfileMax: number;
  readonly namespaces: Readonly<Record<string, CanonicalNamespace>>;
}

/**
 * The rules in force as JSON: with the defaults and the built-in lists, for those may differ in another version; without
 * the namespaces that are ruled as any other; keys in order, and patterns too, because their order means nothing.
 */
export function canonicalText(rules: Rules): string {
  const elsewhere = canonicalNamespace(rules.elsewhere);
  const namespaces = [...rules.namespaces]
    .map(([name, of]) => [name, canonicalNamespace(of)] as const)
    .filter(([, of]) => JSON.stringify(of) !== JSON.stringify(elsewhere))
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  const canonical: CanonicalRules = {
    elsewhere,
    identifiersPerComponentMax: rules.identifiersPerComponentMax,
    identifiersPerProfileMax: rules.identifiersPerProfileMax,
    namespaces: Object.fromEntries(namespaces),
  };
  return JSON.stringify(canonical);
}

function canonicalNamespace({
  block,
  genericAfter,
  limit,
  priority,
  trust,
}: NamespaceRules): CanonicalNamespace {
  return {
    block: [...new Set(block.map(({ text }) => text))].toSorted(),
    genericAfter,
    ...(Number.isFinite(limit) && { limit }),
    ...(Number.isFinite(priority) && { priority }),
    trust,
  };
}

/** Rules as they are written in the configuration, with nothing left to a default. */
export interface WrittenRules {
  readonly identity: IdentityConfig;
  readonly limits: {
    readonly identifiersPerProfileMax: number;
    readonly identifiersPerComponentMax: number;
  };
}

/**
 * What one could write to get the rules of a canonical text. A namespace with a built-in list is named even where it is
 * ruled as any other, because where nothing is written of it the list holds again.
 */
export function writtenRules(text: string): WrittenRules {
  const canonical = JSON.parse(text) as CanonicalRules;
  const { elsewhere, namespaces, identifiersPerProfileMax, identifiersPerComponentMax } = canonical;
  const builtIn = [...BLOCKED_BY_DEFAULT.keys()].map((name) => [name, elsewhere] as const);
  return {
    identity: { namespaces: { ...Object.fromEntries(builtIn), ...namespaces } },
    limits: { identifiersPerProfileMax, identifiersPerComponentMax },
  };
}
