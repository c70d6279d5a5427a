/**
 * The resolver: what a batch of events changes, given what is known of everything it touches. Pure and deterministic.
 * It plans against a neighbourhood, says what more has to be read, and changes nothing itself: the store commits the
 * change set, and only then has anything happened.
 *
 *     draft (event by event) -> plan (which components meet) -> read more? -> settle (plain and folded) -> change set
 *
 * The neighbourhood must cover the batch: every identifier and every event of it by id, every pair of a home and one
 * of its event's other identifiers, every trait name of every home.
 */
import { BatchDraft, type LinkDraft } from "./batch-draft.ts";
import { BatchPlan } from "./batch-plan.ts";
import type {
  Change,
  EventResolution,
  Found,
  IdentifierChange,
  IdentifierOutcome,
  LinkChange,
  Missing,
  Neighbourhood,
  NewIdentifier,
  Resolution,
} from "./change-set.ts";
import { identifierText, linkKey } from "./identifier.ts";
import { isRefusal, sameObjection, type Objection } from "./objection.ts";
import { objectionChange } from "./redraw.ts";
import { NO_COUNTS, type Rules } from "./rules.ts";
import { settleFolded } from "./settle-folded.ts";
import { settlePlain } from "./settle-plain.ts";
import type { Settlement } from "./settlement.ts";
import type { IdentifiedEvent, Node, ProfileId } from "./types.ts";

/** A batch on its way: ask what is `missing`, `supply` it, until nothing is; then `finish`. */
export class BatchResolution {
  readonly #neighbourhood: Neighbourhood;
  readonly #rules: Rules;
  readonly #draft: BatchDraft;
  readonly #plan: BatchPlan;
  #counts: Found["counts"] | undefined;
  #contents: Found["contents"] | undefined;

  constructor(events: readonly IdentifiedEvent[], neighbourhood: Neighbourhood, rules: Rules) {
    this.#neighbourhood = neighbourhood;
    this.#rules = rules;
    this.#draft = new BatchDraft(neighbourhood, rules);
    for (const event of events) this.#draft.take(event);
    this.#plan = new BatchPlan(this.#draft, neighbourhood, rules);
    this.#advance();
  }

  /** What has to be read of the store before the batch can be finished; undefined where nothing has. */
  missing(): Missing | undefined {
    if (this.#counts === undefined) return { counts: this.#plan.missingCounts(), contents: [] };
    if (this.#contents === undefined) return { counts: [], contents: this.#plan.missingContents() };
    return undefined;
  }

  /** Takes what `missing` asked for, of the same moment as the neighbourhood. */
  supply(found: Found): void {
    if (this.#counts === undefined) this.#count(found.counts);
    else this.#contents = found.contents;
    this.#advance();
  }

  /** Goes on as far as nothing has to be read. */
  #advance(): void {
    if (this.#counts === undefined && this.#plan.missingCounts().length === 0)
      this.#count(new Map());
    if (this.#counts === undefined || this.#contents !== undefined) return;
    if (this.#plan.missingContents().length === 0) this.#contents = new Map();
  }

  #count(counts: Found["counts"]): void {
    this.#counts = counts;
    this.#plan.meet(counts);
  }

  finish(): Resolution {
    if (this.#counts === undefined || this.#contents === undefined)
      throw new Error("a batch was finished before everything that it needs was read");
    let places = 0;
    const fresh = () => places++;
    const [draft, plan, rules] = [this.#draft, this.#plan, this.#rules];
    const plain = settlePlain(draft, plan, this.#neighbourhood, this.#counts, fresh);
    const folded = settleFolded(draft, plan, this.#contents, rules, fresh);
    const outcome = new BatchOutcome(this.#neighbourhood, draft, plan, plain, folded);
    return { changes: outcome.changes(), events: outcome.events() };
  }
}

type PlainSettlement = ReturnType<typeof settlePlain>;

/** Puts into words and rows what the draft, the plan and the settlements came to. */
class BatchOutcome {
  readonly #neighbourhood: Neighbourhood;
  readonly #draft: BatchDraft;
  readonly #plan: BatchPlan;
  readonly #plain: PlainSettlement;
  readonly #folded: Settlement;

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
      events: this.#draft.events
        .filter(({ kind }) => kind !== "duplicate")
        .map(({ event }) => event),
    };
  }

  events(): EventResolution[] {
    return this.#draft.events.map(({ event, kind, created }): EventResolution => {
      const { home } = event;
      if (kind === "anonymous") return { outcome: "anonymous" };
      if (kind === "duplicate")
        return {
          outcome: "duplicate",
          canonical: home === null ? undefined : this.#canonicalOf(home.id),
        };
      const nodes = [home!, ...event.others];
      return {
        outcome: "accepted",
        canonical: this.#canonicalOf(home!.id)!,
        identifiers: nodes.map((node) => this.#identifierOutcome(node, event, created)),
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
    return [...drafted, ...this.#folded.judged.map((link) => ({ ...link, isNew: false }))];
  }

  #feed(): Change[] {
    const objections: Change[] = [];
    for (const [key, link] of this.#draft.links) {
      const objection = this.#objectionTo(key);
      if (objection === undefined || sameObjection(objection, link.before?.objection)) continue;
      objections.push(...this.#objectionTold(link, objection, link.event));
    }
    const last = this.#draft.events.findLast(({ kind }) => kind === "stored")?.event;
    for (const link of this.#folded.judged)
      if (link.objection !== undefined)
        objections.push(...this.#objectionTold(link, link.objection, last!));
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
    event: IdentifiedEvent,
  ): Change[] {
    const profiles = [this.#canonicalOf(a.id)!, this.#canonicalOf(b.id)!] as const;
    const origin = { cause: { event: event.id }, at: event.receivedAt };
    const change = objectionChange({ a: a.id, b: b.id }, profiles, objection, origin);
    return change === undefined ? [] : [change];
  }

  #identifierOutcome(
    node: Node,
    event: IdentifiedEvent,
    created: ReadonlySet<ProfileId>,
  ): IdentifierOutcome {
    const home = event.home!;
    const links = node === home ? event.others : [home];
    for (const other of links) {
      const objection = this.#currentObjection(node, other);
      if (objection !== undefined && concerns(objection, node, home))
        return { node, outcome: outcomeFor(objection), objection };
    }
    if (created.has(node.id)) return { node, outcome: "created" };
    const key = linkKey(home, node);
    const isLinked =
      node !== home &&
      this.#draft.links.get(key)?.turnedBy === event &&
      this.#objectionTo(key) === undefined;
    return { node, outcome: isLinked ? "linked" : "known" };
  }

  /** Of a link that the batch brings no news of, what the store keeps, unless it was judged anew. */
  #currentObjection(left: Node, right: Node): Objection | undefined {
    const key = linkKey(left, right);
    if (this.#draft.links.has(key)) return this.#objectionTo(key);
    const judged = this.#folded.judged.find(({ a, b }) => linkKey(a, b) === key);
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
