/** A graph as a store would hand it over: many people of a few identifiers each, and a few groups that share a browser. */
import type { Graph } from "../../src/identity/graph.ts";
import type { NamespaceRules, Rules } from "../../src/identity/rules.ts";
import type { Size } from "../benchmark.ts";
import { Random } from "../random.ts";

export const LINKS: Readonly<Record<Size, number>> = {
  full: 1_000_000,
  quick: 100_000,
  tiny: 2000,
};

const UNLIMITED: NamespaceRules = {
  block: [],
  trust: "claimed",
  limit: Infinity,
  genericAfter: 100,
  priority: Infinity,
};

/** One account a person: that makes the groups contested. The rest is what holds by default. */
export const RULES: Rules = {
  namespaces: new Map([["user_id", { ...UNLIMITED, limit: 1, priority: 1 }]]),
  elsewhere: UNLIMITED,
  identifiersPerProfileMax: 1000,
  identifiersPerComponentMax: 10_000,
};

export interface DrawnGraph {
  readonly graph: Graph;
  /** By node: whether it hangs together with another person's account. */
  readonly isContested: Uint8Array;
}

const NAMESPACES = ["user_id", "email", "visitor", "phone", "chat", "shop"] as const;
const BROWSER = NAMESPACES.indexOf("visitor");
const IDENTIFIERS_MIN = 2;
const IDENTIFIERS_MAX = NAMESPACES.length;
/** How often a person has one link more than it takes. */
const EXTRA_LINK_SHARE = 0.4;
/** Of all people, how many start a group that shares a browser; and how many that are. */
const GROUP_SHARE = 0.0001;
const GROUP = 20;
const START = Date.UTC(2026, 0, 1);

export function drawGraph(links: number, seed: number): DrawnGraph {
  const drawing = new Drawing(new Random(seed));
  // One for sure, however small the graph.
  drawing.addGroup();
  while (drawing.links < links) drawing.addPeople();
  return drawing.finish();
}

interface DrawnNode {
  readonly namespace: string;
  readonly person: number;
  readonly isContested: boolean;
  readonly neighbours: Record<string, number>;
}

class Drawing {
  readonly #random: Random;
  readonly #nodes: DrawnNode[] = [];
  readonly #links: Graph["links"][number][] = [];
  #people = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get links(): number {
    return this.#links.length;
  }

  addPeople(): void {
    if (this.#random.chance(GROUP_SHARE)) this.addGroup();
    else this.#addPerson(this.#drawSize(IDENTIFIERS_MIN), false);
  }

  /** Everybody has once been signed in on the browser of the first. */
  addGroup(): void {
    const first = this.#addPerson(this.#drawSize(BROWSER + 1), true);
    for (let other = 1; other < GROUP; other++)
      this.#link(this.#addPerson(this.#drawSize(IDENTIFIERS_MIN), true), first + BROWSER);
  }

  #drawSize(least: number): number {
    return least + this.#random.below(IDENTIFIERS_MAX - least + 1);
  }

  /** Each identifier was named together with an earlier one of the same person. Returns the account. */
  #addPerson(size: number, isContested: boolean): number {
    const person = this.#people++;
    const account = this.#nodes.length;
    for (let index = 0; index < size; index++) {
      const namespace = NAMESPACES[index]!;
      this.#nodes.push({ namespace, person, isContested, neighbours: {} });
    }
    const partners = new Uint8Array(size);
    for (let index = 1; index < size; index++) {
      partners[index] = this.#random.below(index);
      this.#link(account + index, account + partners[index]!);
    }
    if (size > 2 && this.#random.chance(EXTRA_LINK_SHARE)) {
      // The last is linked with one earlier identifier only, so that any other makes a link of its own.
      const other = (partners[size - 1]! + 1) % (size - 1);
      this.#link(account + size - 1, account + other);
    }
    return account;
  }

  #link(a: number, b: number): void {
    const [left, right] = [this.#nodes[a]!, this.#nodes[b]!];
    left.neighbours[right.namespace] = (left.neighbours[right.namespace] ?? 0) + 1;
    right.neighbours[left.namespace] = (right.neighbours[left.namespace] ?? 0) + 1;
    const trust = this.#random.chance(0.8) ? "verified" : "claimed";
    const evidenceAt = START + 1000 * this.#random.below(10_000_000);
    this.#links.push({ a, b, trust, evidenceAt, objection: undefined });
  }

  /** Shuffled, for a store gives them in no order that helps. */
  finish(): DrawnGraph {
    const places = this.#shuffledPlaces();
    const isContested = new Uint8Array(this.#nodes.length);
    const drawn = Array.from<DrawnNode>({ length: this.#nodes.length });
    for (const [index, node] of this.#nodes.entries()) drawn[places[index]!] = node;
    const nodes = drawn.map((node, order) => {
      isContested[order] = node.isContested ? 1 : 0;
      const { namespace, person, neighbours } = node;
      const id = `pr_${order.toString(32).padStart(26, "0")}`;
      const identifier = { namespace, value: `${namespace}-${person}` };
      const unknown = { profile: undefined, component: undefined, generic: false };
      return { id, identifier, order, neighbours, ...unknown };
    });
    const links = this.#links.map((link) => ({ ...link, a: places[link.a]!, b: places[link.b]! }));
    return { graph: { nodes, links, decisions: [] }, isContested };
  }

  #shuffledPlaces(): Int32Array {
    const places = Int32Array.from(this.#nodes, (_, index) => index);
    for (let last = places.length - 1; last > 0; last--) {
      const other = this.#random.below(last + 1);
      [places[last], places[other]] = [places[other]!, places[last]!];
    }
    return places;
  }
}
