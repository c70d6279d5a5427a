/** Small worlds to be searched: people of few identifiers, traits and events, filters over them, and who has to be found. */
import fc from "fast-check";
import type { SearchFilterInput } from "../../schema/http/search-filter.ts";
import { newestTraits } from "../../src/identity/traits.ts";
import type { EventRecord, KeptTrait, Store } from "../../src/store/store.ts";
import type { TestService } from "./service.ts";

export const SEARCH_CONFIG = `
sources:
  crm: &source
    eventId: id
    occurredAt: t
    eventType: type
    identifiers: { chat: ids.chat, email: ids.email, device: ids.device }
    traits: { name: traits.name, age: traits.age, device: traits.device }
  shop: *source
`;

export interface WorldEvent {
  readonly source: "crm" | "shop";
  readonly id: string;
  readonly t: number;
  readonly type: string;
  readonly ids: Readonly<Record<string, string>>;
  /** JSON texts, so that numbers keep how they are written. */
  readonly traits: Readonly<Record<string, string>>;
}

function written({ id, t, type, ids, traits }: WorldEvent): string {
  const members = Object.entries(traits).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return `${JSON.stringify({ id, t, type, ids }).slice(0, -1)},"traits":{${members.join(",")}}}`;
}

const NUMBER_MAX = 5;
const NAMES = ["Ann", "Bo", "d1", true] as const;
/** Of how a number can be written, and which number it is. */
const AGES: ReadonlyMap<string, bigint> = new Map([
  ["7", 70n],
  ["7.0", 70n],
  ["70e-1", 70n],
  ["7.5", 75n],
  ["7.50", 75n],
  ["-7.5", -75n],
  ["9007199254740993", 90071992547409930n],
  ["9007199254740992", 90071992547409920n],
  ["9007199254740993.0", 90071992547409930n],
]);
const TYPES = ["visit", "order"];
const FEW = { requiredKeys: [] };

const one = (prefix: string, suffix = "") =>
  fc.integer({ min: 0, max: NUMBER_MAX }).map((number) => `${prefix}${number}${suffix}`);

const identifiers = fc.record({ chat: one("U"), email: one("a", "@x"), device: one("d") }, FEW);

const event = fc.record({
  source: fc.constantFrom("crm" as const, "shop" as const),
  t: fc.integer({ min: 1, max: 9 }),
  type: fc.constantFrom(...TYPES),
  ids: identifiers,
  traits: fc.record(
    {
      name: fc.constantFrom(...NAMES.map((name) => JSON.stringify(name))),
      age: fc.constantFrom(...AGES.keys()),
      device: fc.constantFrom('"d1"', '"Bo"'),
    },
    FEW,
  ),
});

export function worldOf(maxLength: number): fc.Arbitrary<readonly WorldEvent[]> {
  return fc
    .array(event, { maxLength })
    .map((events) => events.map((fields, index) => ({ id: `e${index}`, ...fields })));
}

/** What each source has to say, in one delivery. */
export async function postAll(service: TestService, events: readonly WorldEvent[]): Promise<void> {
  for (const source of ["crm", "shop"]) {
    const own = events.filter((one) => one.source === source);
    if (own.length > 0) await service.post(source, `[${own.map(written).join(",")}]`);
  }
}

/** Events that bring together and say nothing else. */
export function linksOf(maxLength: number): fc.Arbitrary<readonly WorldEvent[]> {
  const link = fc.record({
    source: fc.constant("crm" as const),
    t: fc.integer({ min: 1, max: 9 }),
    ids: identifiers,
  });
  return fc
    .array(link, { maxLength })
    .map((links) =>
      links.map((fields, index) => ({ id: `l${index}`, type: "link", traits: {}, ...fields })),
    );
}

const NAMESPACES = ["chat", "email", "device"];

type Leaf = fc.Arbitrary<SearchFilterInput>;

const identifierLeaf: Leaf = fc
  .oneof(
    one("chat:U"),
    // In a spelling that no sender used.
    one("email:A", "@X"),
  )
  .map((identifier) => ({ identifier }));

const existsLeaf: Leaf = fc
  .constantFrom("name", "age", "city", ...NAMESPACES)
  .map((field) => ({ attribute: { field, operator: "exists" } }));

const equalsLeaf: Leaf = fc
  .oneof(
    fc.record({ field: fc.constant("name"), value: fc.constantFrom(...NAMES) }),
    fc.record({
      field: fc.constant("age"),
      value: fc.constantFrom(7, 7.5, ...[...AGES.keys()].map((number) => ({ number }))),
    }),
    // Of what a trait and a namespace are both called.
    fc.record({ field: fc.constant("device"), value: one("d") }),
  )
  .map((asked) => ({ attribute: { operator: "eq", ...asked } }));

function eventLeaf(types: readonly (string | undefined)[], atLeastMax: number): Leaf {
  return fc
    .record({
      type: fc.constantFrom(...types),
      source: fc.constantFrom(undefined, "crm", "shop"),
      from: fc.constantFrom(undefined, 3000),
      to: fc.constantFrom(undefined, 7000),
      atLeast: fc.integer({ min: 1, max: atLeastMax }),
    })
    .map((event) => ({ event }));
}

function filtersOf(leaves: readonly Leaf[], keys: readonly ("and" | "or" | "not")[]): Leaf {
  const { filter } = fc.letrec<{ filter: SearchFilterInput }>((tie) => {
    const parts = fc.array(tie("filter"), { minLength: 1, maxLength: 3 });
    const combined = {
      and: parts.map((and) => ({ and })),
      or: parts.map((or) => ({ or })),
      not: tie("filter").map((not) => ({ not })),
    };
    return {
      filter: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        ...leaves,
        ...keys.map((key) => combined[key]),
      ),
    };
  });
  return filter;
}

const manyEvents = eventLeaf([undefined, ...TYPES], 3);

/** Everything there is. */
export const anyFilter = filtersOf(
  [identifierLeaf, existsLeaf, equalsLeaf, manyEvents],
  ["and", "or", "not"],
);

/** Of which nobody ceases to meet one that they meet. */
export const growingFilter = filtersOf([identifierLeaf, existsLeaf, manyEvents], ["and", "or"]);

/** Which one identifier alone can meet. */
export const singleFilter = filtersOf([identifierLeaf, existsLeaf, eventLeaf(TYPES, 1)], ["or"]);

/** Values alone. */
export const valueFilter = filtersOf([equalsLeaf], ["and"]);

/** A person, read whole. */
interface Whole {
  readonly members: readonly string[];
  readonly traits: readonly KeptTrait[];
  readonly events: readonly EventRecord[];
}

/** Everybody who meets the filter, found by looking at everybody: the identifiers of each, the founder first. */
export async function naiveMatches(
  store: Store,
  filter: SearchFilterInput,
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for await (const person of store.people()) {
    const events: EventRecord[] = [];
    for await (const one of person.events) events.push(one);
    const members = person.members.map(({ namespace, value }) => `${namespace}:${value}`);
    if (isMet(filter, { members, traits: person.traits, events })) found.push(members);
  }
  return found;
}

function isMet(
  { and, or, not, identifier, attribute, event: asked }: SearchFilterInput,
  person: Whole,
): boolean {
  if (and !== undefined) return and.every((part) => isMet(part, person));
  if (or !== undefined) return or.some((part) => isMet(part, person));
  if (not !== undefined) return !isMet(not, person);
  if (identifier !== undefined)
    return person.members.includes(
      identifier.startsWith("email:") ? identifier.toLowerCase() : identifier,
    );
  if (attribute !== undefined) return hasAttribute(attribute, person);
  return person.events.filter((one) => isWanted(one, asked!)).length >= asked!.atLeast;
}

function hasAttribute(
  { field, operator, value }: NonNullable<SearchFilterInput["attribute"]>,
  { members, traits }: Whole,
): boolean {
  const canonical = newestTraits(traits).find(({ name }) => name === field)?.value;
  if (operator === "exists")
    return canonical !== undefined || members.some((member) => member.startsWith(`${field}:`));
  return (
    (canonical !== undefined && meaning(canonical) === meaning(JSON.stringify(value))) ||
    (typeof value === "string" && members.includes(`${field}:${value}`))
  );
}

/** What a JSON text says, as far as this world goes. */
function meaning(text: string): unknown {
  const number = /^\{"number":"(.*)"\}$/.exec(text)?.[1] ?? text;
  return AGES.get(number) ?? JSON.parse(text);
}

function isWanted(
  { type, source, occurredAt }: EventRecord,
  asked: NonNullable<SearchFilterInput["event"]>,
): boolean {
  return (
    (asked.type ?? type) === type &&
    (asked.source ?? source) === source &&
    occurredAt >= (asked.from ?? occurredAt) &&
    occurredAt < (asked.to ?? Infinity)
  );
}

/** Page after page: the identifiers of each, the founder first. `between` is called after each page but the last. */
export async function paged(
  { store, search }: TestService,
  filter: SearchFilterInput | undefined,
  limit: number,
  between: () => Promise<void> = async () => {},
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  let after = 0;
  for (;;) {
    const asked = await search.request({ filter, after, limit });
    if ("faults" in asked) throw new Error(JSON.stringify(asked.faults));
    const page = await store.search(asked.request);
    for (const { members } of page.profiles)
      found.push(
        members.map(({ node: { identifier } }) => `${identifier.namespace}:${identifier.value}`),
      );
    if (page.next === undefined) return found;
    if (page.next <= after) throw new Error("a page that does not go on");
    await between();
    after = page.next;
  }
}
