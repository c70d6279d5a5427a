/** I3 over real HTTP: a random story of merges, with starts between its chapters. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ProfileView } from "../../src/queries/people.ts";
import { storySeed } from "../support/seed.ts";
import { ask, postJson } from "../support/sender.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  crm:
    eventId: id
    identifiers: { user: user, email: email, device: device, card: card }
    respond: full
`;

const EVENTS = 300;
const AT_ONCE = 8;
const KINDS = ["user", "email", "device", "card"] as const;
/** Of each kind. With half as many links as identifiers, random profiles grow to dozens and not to one of all. */
const VALUES = 60;

const identifier = fc.record({
  kind: fc.constantFrom(...KINDS),
  number: fc.nat({ max: VALUES - 1 }),
});

/** The fields of an event that names one identifier, or two of different kinds. */
const namedIdentifiers = fc
  .array(identifier, { minLength: 1, maxLength: 2 })
  .map((chosen) =>
    Object.fromEntries(
      chosen.map(({ kind, number }) => [
        kind,
        kind === "email" ? `p${number}@x.org` : `id${number}`,
      ]),
    ),
  );

type Named = Readonly<Partial<Record<string, string>>>;

/** In the order of the configuration: the first is the home. */
function textsOf(named: Named): string[] {
  return KINDS.filter((kind) => named[kind] !== undefined).map((kind) => `${kind}:${named[kind]}`);
}

/** Who belongs together, the simple way: sets that are poured into each other. */
class Groups {
  readonly #groups = new Map<string, Set<string>>();

  join(texts: readonly string[]): void {
    const joined = new Set(texts.flatMap((text) => [...this.of(text)]));
    for (const text of joined) this.#groups.set(text, joined);
  }

  of(text: string): ReadonlySet<string> {
    return this.#groups.get(text) ?? new Set([text]);
  }
}

test("I3: every profile id ever returned leads to the profile that now holds it", async () => {
  const story = fc.sample(fc.noBias(namedIdentifiers), { seed: storySeed(), numRuns: EVENTS });
  const files = serviceFiles(temporaryFolder(), CONFIG);
  let service = await startService(files);
  const groups = new Groups();
  /** Every provisional id, with the identifier it was given for, and every canonical id. */
  const provisionals = new Map<string, string>();
  const canonicals = new Set<string>();

  const postChapter = async (events: readonly (readonly [number, Named])[]) => {
    const queue = events.values();
    const postOneByOne = async () => {
      for (const [number, named] of queue) {
        const { events } = await postJson(service.url, "crm", { id: `e${number}`, ...named });
        const { profile, provisional } = events[0]!;
        provisionals.set(provisional!, textsOf(named)[0]!);
        canonicals.add(profile!);
        groups.join(textsOf(named));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, postOneByOne));
  };

  const profileOf = (reference: string) =>
    ask<ProfileView>(service.url, `/v1/profiles/${encodeURIComponent(reference)}`);

  const checkProvisional = async (id: string, text: string) => {
    const profile = await profileOf(id);
    const members = profile.identifiers.map(({ identifier }) => identifier);
    expect({ id, members: members.toSorted() }).toEqual({
      id,
      members: [...groups.of(text)].toSorted(),
    });
    expect(profile).toEqual(await profileOf(text));
    return profile;
  };
  const checkCanonical = async (id: string) => {
    const profile = await profileOf(id);
    expect([profile.id, ...profile.formerIds]).toContain(id);
  };
  const checkAll = async () => {
    const profiles = await Promise.all(
      [...provisionals].map((given) => checkProvisional(...given)),
    );
    // Queries hand out ids too: of members that never were a home, and of whom others were merged into.
    for (const { id, identifiers } of profiles) {
      canonicals.add(id);
      for (const { identifier, provisional } of identifiers)
        provisionals.set(provisional, identifier);
    }
    await Promise.all([...provisionals].map((given) => checkProvisional(...given)));
    await Promise.all([...canonicals].map(checkCanonical));
    return new Set(profiles.map(({ id }) => id));
  };

  const chapters = [0, 1, 2].map((chapter) =>
    [...story.entries()].filter(([number]) => number % 3 === chapter),
  );
  for (const chapter of chapters) {
    await postChapter(chapter);
    await checkAll();
    service.kill("SIGTERM");
    await service.exited;
    service = await startService(files);
  }
  const living = await checkAll();
  const merged = canonicals.size - living.size;
  console.info(
    `${provisionals.size} provisional and ${canonicals.size} canonical ids resolve, ${merged} of them merged away`,
  );
  expect(merged).toBeGreaterThan(10);
});
