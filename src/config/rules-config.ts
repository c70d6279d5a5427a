/**
 * The identity rules, compiled from what the configuration says: defaults and built-in lists filled in, patterns made
 * ready, and everything that no set of profiles could meet told as a fault. It serves the configuration file and the
 * question "what if?" alike, so its paths begin where both begin: at `identity` and `limits`.
 */
import {
  NAMESPACE_DEFAULTS,
  type BlockPattern,
  type IdentityConfig,
  type Limits,
  type NamespaceConfig,
} from "../../schema/config.ts";
import { BLOCKED_BY_DEFAULT } from "./blocked-by-default.ts";
import { blocksEveryValue, compileBlockPattern, regexSource } from "./block-pattern.ts";
import type { Pattern } from "../identity/pattern.ts";
import type { NamespaceRules, Rules } from "../identity/rules.ts";
import { canonicalText } from "./rules-text.ts";

export type RuleLimits = Pick<Limits, "identifiersPerProfileMax" | "identifiersPerComponentMax">;

const IDENTIFIERS_PER_PROFILE_MAX = 1000;

/** Lowering what may hang together lowers what nobody has set. */
function profileMaxOf({
  identifiersPerProfileMax,
  identifiersPerComponentMax,
}: RuleLimits): number {
  return (
    identifiersPerProfileMax ?? Math.min(IDENTIFIERS_PER_PROFILE_MAX, identifiersPerComponentMax)
  );
}

/** Something that is wrong with the rules, or deserves a second look, and where it is written. */
export interface RuleRemark {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface CompiledRules {
  readonly rules: Rules;
  /** The same for two configurations that say the same, however they say it; see `rules-text.ts`. */
  readonly text: string;
  readonly warnings: readonly RuleRemark[];
}

/** Each may keep a quarter of a megabyte, and takes up to some 20 ms to compile. */
const REGEXES_MAX = 100;

/** The rules, or everything that is wrong with them. */
export function compileRules(
  identity: IdentityConfig,
  limits: RuleLimits,
): CompiledRules | { readonly faults: readonly RuleRemark[] } {
  const tooMany = tooManyRegexes(identity);
  // Before any is compiled: the number of them is what bounds the cost.
  if (tooMany !== undefined) return { faults: [tooMany] };
  const faults = limitFaults(limits);
  const warnings: RuleRemark[] = [];
  const namespaces = new Map<string, NamespaceRules>();
  const builtIn = [...BLOCKED_BY_DEFAULT.keys()].map((name) => [name, NAMESPACE_DEFAULTS] as const);
  for (const [name, config] of new Map([...builtIn, ...Object.entries(identity.namespaces)])) {
    const path = ["identity", "namespaces", name];
    const block = compileBlock(name, config.block ?? BLOCKED_BY_DEFAULT.get(name) ?? []);
    faults.push(...block.faults.map((fault) => below(path, fault)));
    warnings.push(...block.warnings.map((warning) => below(path, warning)));
    faults.push(...limitsOfOneFaults(config, limits).map((fault) => below(path, fault)));
    namespaces.set(name, namespaceRules(config, block.patterns));
  }
  if (faults.length > 0) return { faults };
  const rules: Rules = {
    namespaces,
    elsewhere: namespaceRules(NAMESPACE_DEFAULTS, []),
    identifiersPerProfileMax: profileMaxOf(limits),
    identifiersPerComponentMax: limits.identifiersPerComponentMax,
  };
  return { rules, text: canonicalText(rules), warnings };
}

function below(path: readonly (string | number)[], remark: RuleRemark): RuleRemark {
  return { path: [...path, ...remark.path], message: remark.message };
}

function namespaceRules(config: NamespaceConfig, block: readonly Pattern[]): NamespaceRules {
  return {
    block,
    trust: config.trust,
    limit: config.limit ?? Infinity,
    genericAfter: config.genericAfter,
    priority: config.priority ?? Infinity,
  };
}

function tooManyRegexes(identity: IdentityConfig): RuleRemark | undefined {
  const count = Object.values(identity.namespaces)
    .flatMap(({ block }) => block ?? [])
    .filter((written) => regexSource(written) !== undefined).length;
  if (count <= REGEXES_MAX) return undefined;
  return {
    path: ["identity", "namespaces"],
    message: `there are ${count} regular expressions, and ${REGEXES_MAX} at most are allowed; join some with |, or write values with * instead`,
  };
}

interface CompiledBlock {
  readonly patterns: readonly Pattern[];
  readonly faults: readonly RuleRemark[];
  readonly warnings: readonly RuleRemark[];
}

function compileBlock(namespace: string, block: readonly BlockPattern[]): CompiledBlock {
  const patterns: Pattern[] = [];
  const faults: RuleRemark[] = [];
  const warnings: RuleRemark[] = [];
  for (const [index, written] of block.entries()) {
    const path = ["block", index];
    const compiled = compileBlockPattern(namespace, written);
    if ("fault" in compiled) {
      faults.push({ path, message: compiled.fault });
      continue;
    }
    if (compiled.warning !== undefined) warnings.push({ path, message: compiled.warning });
    if (blocksEveryValue(namespace, [compiled.pattern]))
      warnings.push({ path, message: blocksAll(namespace, compiled.pattern.text) });
    patterns.push(compiled.pattern);
  }
  // As a wish it can be met, and as a question ("what if phones joined nobody?") it is a good one.
  if (faults.length === 0 && warnings.length === 0 && blocksEveryValue(namespace, patterns))
    warnings.push({ path: ["block"], message: blocksAll(namespace, "the list") });
  return { patterns, faults, warnings };
}

function blocksAll(namespace: string, what: string): string {
  return `${what} blocks every value, so ${namespace} joins nobody; narrow it if that is not meant`;
}

function limitFaults(limits: RuleLimits): RuleRemark[] {
  const { identifiersPerComponentMax: component } = limits;
  const profile = profileMaxOf(limits);
  if (profile <= component) return [];
  return [
    {
      path: ["limits", "identifiersPerProfileMax"],
      message: `${profile} can never be reached, because no more than ${component} identifiers may hang together; lower it to ${component}, or raise limits.identifiersPerComponentMax (${component}) to ${profile}`,
    },
  ];
}

/**
 * A `genericAfter` of any size is met: beyond what a component may hold it says that no value is ever generic, which is
 * a wish one may have.
 */
function limitsOfOneFaults({ limit }: NamespaceConfig, limits: RuleLimits): RuleRemark[] {
  const profile = profileMaxOf(limits);
  if (limit === undefined || limit <= profile) return [];
  return [
    {
      path: ["limit"],
      message: `${limit} can never be reached, because one person may hold no more than ${profile} identifiers in all; lower it to ${profile}, or raise limits.identifiersPerProfileMax (${profile}) to ${limit}`,
    },
  ];
}
