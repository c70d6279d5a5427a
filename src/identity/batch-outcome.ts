/**
 * What a batch came to, put together from its draft, its plan and the two settlements: the change set for the store, the
 * entries of the feed, and what every event is answered with.
 */
import type { BatchDraft, EventDraft, LinkDraft } from "./batch-draft.ts";
import type { BatchPlan } from "./batch-plan.ts";
import type {
  Change,
  EventResolution,
  IdentifierChange,
  IdentifierOutcome,
  LinkChange,
  Neighbourhood,
  NewIdentifier,
  Resolution,
} from "./change-set.ts";
import { identifierText, linkKey } from "./identifier.ts";
import { isRefusal, sameObjection, type Objection } from "./objection.ts";
import { objectionChange, type Aged, type Origin } from "./redraw.ts";
import { NO_COUNTS } from "./rules.ts";
import type { settlePlain } from "./settle-plain.ts";
import type { JudgedLink, Settlement } from "./settlement.ts";
import type { Node, ProfileId } from "./types.ts";

type PlainSettlement = ReturnType<typeof settlePlain>;

export class BatchOutcome {
  readonly #neighbourhood: Neighbourhood;
  readonly #draft: BatchDraft;
  readonly #plan: BatchPlan;
  readonly #plain: PlainSettlement;
  readonly #folded: Settlement;
  /** By `linkKey`. */
  readonly #judged: ReadonlyMap<string, JudgedLink>;

  constructor(
    neighbourhood: Neighbourhood,
    draft: BatchDraft,
    plan: BatchPlan,
    plain: PlainSettlement,
    folded: Settlement,
  ) {
    this.#neighbourhood = neighbourhood;
    this.#draft = draft;
    this.#plan = plan;
    this.#plain = plain;
    this.#folded = folded;
    this.#judged = new Map(folded.judged.map((link) => [linkKey(link.a, link.b), link]));
  }

  changes(): Resolution["changes"] {
    return {
      identifiers: this.#newIdentifiers(),
      updates: this.#updates(),
      absorptions: this.#plain.absorptions,
      moves: this.#folded.moves,
      founders: this.#folded.founders,
      links: this.#linkChanges(),
      decisions: this.#folded.decisions,
      changes: this.#feed(),
      traits: [...this.#draft.traits.values()],
      replaced: this.#draft.replaced,
      events: this.#draft.events
        .filter(({ kind }) => kind !== "duplicate")
        .map(({ event }) => event),
    };
  }

  events(): EventResolution[] {
    return this.#draft.events.map((draft): EventResolution => {
      const { event, kind } = draft;
      const { home } = event;
      if (kind === "anonymous") return { outcome: "anonymous" };
      if (kind === "duplicate")
        return {
          outcome: "duplicate",
          canonical: home === null ? undefined : this.#canonicalOf(home.id),
        };
      return {
        outcome: "accepted",
        canonical: this.#canonicalOf(home!.id)!,
        identifiers: [
          this.#homeOutcome(home!, draft),
          ...event.others.map((other, index) =>
            this.#otherOutcome(other, draft, draft.linkKeys[index]!),
          ),
        ],
      };
    });
  }

  /** After the batch; undefined where nobody is known by the id. */
  #canonicalOf(id: ProfileId): ProfileId | undefined {
    // What is folded may hold identifiers that no event of the batch names.
    const folded = this.#folded.canonicalOf(id);
    if (folded !== undefined) return folded;
    const known = this.#neighbourhood.identifiers.get(id)?.canonical;
    if (known === undefined && !this.#draft.created.has(id)) return undefined;
    return this.#plain.canonicalOf(id) ?? known;
  }

  #agedOf(id: ProfileId): Aged {
    const canonical = this.#canonicalOf(id)!;
    const order = this.#folded.orderOf(canonical) ?? this.#plain.orderOf(canonical)!;
    return { id: canonical, order };
  }

  #newIdentifiers(): NewIdentifier[] {
    return [...this.#draft.created.values()].map(({ node, event }) => ({
      node,
      ...(this.#folded.seats.get(node.id) ?? this.#plain.seats.get(node.id)!),
      sources: this.#draft.sources.get(node.id)!,
      neighbours: this.#plan.neighbours.get(node.id) ?? NO_COUNTS,
      generic: this.#plan.isGeneric(node.id, node.identifier),
      firstReceivedAt: event.receivedAt,
    }));
  }

  #updates(): IdentifierChange[] {
    const { sources } = this.#draft;
    const { neighbours } = this.#plan;
    const ids = new Set([...sources.keys(), ...neighbours.keys()]);
    return [...ids].flatMap((id): IdentifierChange[] => {
      const known = this.#neighbourhood.identifiers.get(id);
      if (known === undefined) return [];
      const newSources = sources.get(id);
      const newNeighbours = neighbours.get(id);
      return [
        {
          id,
          ...(newSources === undefined ? {} : { sources: newSources }),
          ...(newNeighbours === undefined
            ? {}
            : {
                neighbours: newNeighbours,
                generic: this.#plan.isGeneric(id, known.identifier),
              }),
        },
      ];
    });
  }

  /** Why a link of which the batch brings news is not followed. */
  #objectionTo(key: string): Objection | undefined {
    return this.#plan.objections.get(key) ?? this.#folded.refusals.get(key);
  }

  #linkChanges(): LinkChange[] {
    const drafted = [...this.#draft.links].map(([key, { a, b, trust, evidenceAt, before }]) => ({
      a,
      b,
      trust,
      evidenceAt,
      isNew: before === undefined,
      objection: this.#objectionTo(key),
    }));
    return [
      ...drafted,
      ...this.#folded.judged.map(({ origin: _origin, ...link }) => ({ ...link, isNew: false })),
    ];
  }

  #feed(): Change[] {
    const objections: Change[] = [];
    for (const [key, link] of this.#draft.links) {
      const objection = this.#objectionTo(key);
      if (objection === undefined || sameObjection(objection, link.before?.objection)) continue;
      const origin = { cause: { event: link.event.id }, at: link.event.receivedAt };
      objections.push(...this.#objectionTold(link, objection, origin));
    }
    for (const link of this.#folded.judged)
      if (link.objection !== undefined)
        objections.push(...this.#objectionTold(link, link.objection, link.origin));
    const generics = this.#plan.genericTurns.map(({ node, event }): Change => ({
      kind: "generic",
      into: this.#canonicalOf(node.id)!,
      from: [],
      identifier: node.id,
      cause: { event: event.id },
      at: event.receivedAt,
    }));
    return [...this.#plain.changes, ...generics, ...this.#folded.changes, ...objections];
  }

  #objectionTold(
    { a, b }: Pick<LinkDraft, "a" | "b">,
    objection: Objection,
    origin: Origin,
  ): Change[] {
    const profiles = [this.#agedOf(a.id), this.#agedOf(b.id)] as const;
    const change = objectionChange({ a: a.id, b: b.id }, profiles, objection, origin);
    return change === undefined ? [] : [change];
  }

  #homeOutcome(home: Node, { created, linkKeys }: EventDraft): IdentifierOutcome {
    for (const key of linkKeys) {
      const objection = this.#currentObjection(key);
      if (objection !== undefined && concerns(objection, home, home))
        return { node: home, outcome: outcomeFor(objection), objection };
    }
    return { node: home, outcome: created.has(home.id) ? "created" : "known" };
  }

  /** Of an identifier that is not the home: `key` is that of its link with the home. */
  #otherOutcome(node: Node, { event, created }: EventDraft, key: string): IdentifierOutcome {
    const objection = this.#currentObjection(key);
    if (objection !== undefined && concerns(objection, node, event.home!))
      return { node, outcome: outcomeFor(objection), objection };
    if (created.has(node.id)) return { node, outcome: "created" };
    const isLinked =
      this.#draft.links.get(key)?.turnedBy === event && this.#objectionTo(key) === undefined;
    return { node, outcome: isLinked ? "linked" : "known" };
  }

  /** Of a link that the batch brings no news of, what the store keeps, unless it was judged anew. */
  #currentObjection(key: string): Objection | undefined {
    if (this.#draft.links.has(key)) return this.#objectionTo(key);
    const judged = this.#judged.get(key);
    return judged === undefined ? this.#neighbourhood.links.get(key)?.objection : judged.objection;
  }
}

/** Whether an objection to a link is told of this end: of the value that it is about, else of the end that is not home. */
function concerns({ rule, subject }: Objection, node: Node, home: Node): boolean {
  switch (rule) {
    case "blocked":
    case "generic":
      return subject === identifierText(node.identifier);
    case "trust":
      return subject === node.identifier.namespace;
    case "limit":
    case "identifiersPerProfileMax":
    case "identifiersPerComponentMax":
    case "split":
      return node !== home;
  }
}

function outcomeFor({ rule }: Objection): "blocked" | "refused" | "pending" {
  if (isRefusal(rule)) return "refused";
  return rule === "trust" ? "pending" : "blocked";
}
