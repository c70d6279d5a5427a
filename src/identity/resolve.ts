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
import { BatchDraft } from "./batch-draft.ts";
import { BatchOutcome } from "./batch-outcome.ts";
import { BatchPlan } from "./batch-plan.ts";
import type { Found, Missing, Neighbourhood, Resolution } from "./change-set.ts";
import type { Rules } from "./rules.ts";
import { settleFolded } from "./settle-folded.ts";
import { settlePlain } from "./settle-plain.ts";
import type { IdentifiedEvent } from "./types.ts";

/** A batch on its way: ask what is `missing`, `supply` it, until nothing is; then `finish`. */
export class BatchResolution {
  readonly #neighbourhood: Neighbourhood;
  readonly #rules: Rules;
  readonly #draft: BatchDraft;
  readonly #plan: BatchPlan;
  readonly #missingCounts: Missing["counts"];
  #counts: Found["counts"] | undefined;
  #contents: Found["contents"] | undefined;

  constructor(events: readonly IdentifiedEvent[], neighbourhood: Neighbourhood, rules: Rules) {
    this.#neighbourhood = neighbourhood;
    this.#rules = rules;
    this.#draft = new BatchDraft(neighbourhood, rules);
    for (const event of events) this.#draft.take(event);
    this.#plan = new BatchPlan(this.#draft, neighbourhood, rules);
    this.#missingCounts = this.#plan.missingCounts();
    this.#advance();
  }

  /** What has to be read of the store before the batch can be finished; undefined where nothing has. */
  missing(): Missing | undefined {
    if (this.#counts === undefined) return { counts: this.#missingCounts, contents: [] };
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
    if (this.#counts === undefined && this.#missingCounts.length === 0) this.#count(new Map());
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
