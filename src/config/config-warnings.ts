/** What a configuration may say and hardly can mean. Nothing here keeps the service from starting. */
import type { Config, SourceConfig } from "../../schema/config.ts";
import type { RuleRemark } from "./rules-config.ts";
import { nearestName } from "./suggestion.ts";

export function configWarnings(config: Config): RuleRemark[] {
  const sources = Object.entries(config.sources);
  // Without any source the file is only begun, and every rule in it would be warned of.
  const ofNamespaces = sources.length === 0 ? [] : namespaceWarnings(config);
  return [...ofNamespaces, ...sources.flatMap(([name, source]) => sourceWarnings(name, source))];
}

function sourceWarnings(name: string, source: SourceConfig): RuleRemark[] {
  if (source.replaceProfileId !== undefined || Object.keys(source.identifiers).length > 0)
    return [];
  return [
    {
      path: ["sources", name],
      message: "neither replaceProfileId nor identifiers: no event of this source can be anybody's",
    },
  ];
}

/** The namespaces whose identifiers a source can name. */
function namespacesOf([name, source]: readonly [string, SourceConfig]): string[] {
  const own = source.replaceProfileId === undefined ? [] : [source.idSpace ?? name];
  return [...own, ...Object.keys(source.identifiers)];
}

function namespaceWarnings(config: Config): RuleRemark[] {
  const sources = Object.entries(config.sources);
  const named = new Set(sources.flatMap(namespacesOf));
  const believed = new Set(
    sources
      .filter(([, source]) => source.enabled && source.trust === "verified")
      .flatMap(namespacesOf),
  );
  return Object.entries(config.identity.namespaces).flatMap(([name, { trust }]) => {
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
