/**
 * The links of a cast with the people who made them, drawn from its deliveries by no rule of the engine's: what the
 * simulator's own tests need to show that a cast keeps its word.
 */
import { identifierText } from "../../../src/identity/identifier.ts";
import type { ReadDelivery } from "./read-cast.ts";

export interface Evidence {
  /** The texts of two identifiers. */
  readonly ends: readonly [string, string];
  isVerified: boolean;
  readonly people: Set<number | null>;
}

export function namespaceOf(text: string): string {
  return text.slice(0, text.indexOf(":"));
}

export function otherEnd({ ends: [a, b] }: Evidence, end: string): string {
  return a === end ? b : a;
}

export function evidenceOf(read: readonly ReadDelivery[]): Evidence[] {
  const links = new Map<string, Evidence>();
  for (const { delivery, intent } of read) {
    const { home, others, trust } = intent.event;
    for (const other of others) {
      const ends = [identifierText(home!), identifierText(other)].toSorted() as [string, string];
      const key = ends.join(" ");
      const link = links.get(key) ?? { ends, isVerified: false, people: new Set() };
      links.set(key, link);
      link.isVerified ||= trust === "verified";
      link.people.add(delivery.person);
    }
  }
  return [...links.values()];
}

export function linksByEnd(links: readonly Evidence[]): Map<string, Evidence[]> {
  const byEnd = new Map<string, Evidence[]>();
  for (const link of links)
    for (const end of link.ends) {
      const known = byEnd.get(end);
      if (known === undefined) byEnd.set(end, [link]);
      else known.push(link);
    }
  return byEnd;
}
