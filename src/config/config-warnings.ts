/** What a configuration may say and hardly can mean. Nothing here keeps the service from starting. */
import type { Config, IdentityConfig } from "../../schema/config.ts";
import type { SourceConfig } from "../../schema/source-config.ts";
import type { Source } from "../extract/source.ts";
import type { RuleRemark } from "./rules-config.ts";
import { nearestName } from "./suggestion.ts";

export function configWarnings(config: Config): RuleRemark[] {
  const sources = Object.entries(config.sources);
  return [
    ...publicUrlWarnings(config),
    ...accessWarnings(config),
    ...namespaceWarnings(config.identity, sources.map(namingOf)),
    ...sources.flatMap(([name, source]) => sourceWarnings(name, source)),
  ];
}

/** The same of other rules, for the sources of a service that runs. */
export function ruleWarnings(identity: IdentityConfig, sources: Iterable<Source>): RuleRemark[] {
  const namings = [...sources].map(({ replaceProfileId, idSpace, identifiers, ...source }) => ({
    isBelieved: source.enabled && source.trust === "verified",
    namespaces: [
      ...(replaceProfileId === undefined ? [] : [idSpace]),
      ...identifiers.map(([namespace]) => namespace),
    ],
  }));
  return namespaceWarnings(identity, namings);
}

/** What senders sign is made of it and of the path they post to, which begins with /webhooks itself. */
function publicUrlWarnings({ publicUrl }: Config): RuleRemark[] {
  const ending = /\/(?:webhooks|collect)\/*$/.exec(publicUrl ?? "")?.[0].replace(/\/+$/, "");
  if (ending === undefined) return [];
  return [
    {
      path: ["publicUrl"],
      message: `senders would have to post to …${ending}${ending}/…; take ${ending} from its end, unless your proxy puts it before the path`,
    },
  ];
}

function accessWarnings({ apiKeys, cors }: Config): RuleRemark[] {
  const names = apiKeys.map(({ name }) => name);
  const twice = apiKeys.flatMap(({ name }, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: ["apiKeys", index, "name"],
            message: `another key is called ${name} too, and what either does is told under that name`,
          },
        ],
  );
  if (apiKeys.length > 0 || cors?.origins.includes("*") !== true) return twice;
  return [
    {
      path: ["cors", "origins"],
      message:
        "without any key * lets no page in, or every page that anybody on this machine opens could read the profiles; configure apiKeys, make one with keys create, or name the origins",
    },
  ];
}

function sourceWarnings(name: string, source: SourceConfig): RuleRemark[] {
  const path = ["sources", name];
  const warnings: RuleRemark[] = [];
  if (source.verify === "none" && source.trust === "verified")
    warnings.push({
      path: [...path, "verify"],
      message:
        "anybody may post, and what they say joins people as if it were verified; write trust: claimed, unless nobody else can reach the service",
    });
  if (source.replaceProfileId === undefined && Object.keys(source.identifiers).length === 0)
    warnings.push({
      path,
      message: "neither replaceProfileId nor identifiers: no event of this source can be anybody's",
    });
  return warnings;
}

/** What a source means to the namespaces. */
interface Naming {
  /** Those whose identifiers it can name. */
  readonly namespaces: readonly string[];
  /** Whether its links are verified. */
  readonly isBelieved: boolean;
}

function namingOf([name, source]: readonly [string, SourceConfig]): Naming {
  const own = source.replaceProfileId === undefined ? [] : [source.idSpace ?? name];
  return {
    namespaces: [...own, ...Object.keys(source.identifiers)],
    isBelieved: source.enabled && source.trust === "verified",
  };
}

function namespaceWarnings(identity: IdentityConfig, sources: readonly Naming[]): RuleRemark[] {
  // Without any source the configuration is only begun, and every rule in it would be warned of.
  if (sources.length === 0) return [];
  const named = new Set(sources.flatMap(({ namespaces }) => namespaces));
  const believed = new Set(
    sources.filter(({ isBelieved }) => isBelieved).flatMap(({ namespaces }) => namespaces),
  );
  return Object.entries(identity.namespaces).flatMap(([name, { trust }]) => {
    const path = ["identity", "namespaces", name];
    if (!named.has(name)) return [{ path, message: nobodyNames(name, [...named]) }];
    if (trust !== "verified" || believed.has(name)) return [];
    return [{ path: [...path, "trust"], message: nobodyBelieved(name) }];
  });
}

function nobodyNames(name: string, named: readonly string[]): string {
  const nearest = nearestName(name, named);
  const meant = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return `no source names ${name}, as its idSpace or among its identifiers, so the rules hold for nothing${meant}`;
}

function nobodyBelieved(name: string): string {
  return `no enabled source that is itself verified names ${name}, so no link through it is followed; set trust: verified on a source that you vouch for, or claimed here`;
}
