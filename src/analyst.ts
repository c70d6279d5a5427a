/**
 * The analyst: answers questions over everybody, a few at once, each within a time limit, so that none of them holds up those
 * who post. Knows when a question is answered and when it is given up; what is asked it leaves to the table of kinds.
 *
 * A question waits for a free desk and then lies on it until it is answered. A desk whose question was given up is ended,
 * and its place is free when nothing of it runs any more; the next question gets a new one. Waiting counts as time.
 *
 * A store keeps what is committed while somebody reads an earlier moment. Where one question overlaps the next for ever it
 * could never clear up, so every now and then no question begins until those under way have ended.
 */
import type { Desk } from "./analyst/desk.ts";
import { QuestionTooLarge } from "./analyst/desk.ts";
import { InlineDesk } from "./analyst/inline-desk.ts";
import type { AnswerTo, AskedQuestion } from "./analyst/kinds.ts";
import { ThreadDesk } from "./analyst/thread-desk.ts";
import { SqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { Store } from "./store/store.ts";

export interface AnalystLimits {
  readonly questionSecondsMax: number;
  readonly questionsAtOnceMax: number;
  readonly questionsWaitingMax: number;
}

export interface AnalystOptions {
  /** One in a file is read by threads of their own, any other in this one. */
  readonly store: Store;
  readonly limits: AnalystLimits;
  /** How long questions may overlap before the store is let clear up. Default: ten seconds. */
  readonly overlapMillisecondsMax?: number;
}

/** As long as a slow question, so that the pause is seldom felt; some hundred megabytes may be committed in it. */
const OVERLAP_MILLISECONDS_MAX = 10_000;

/** Why a question was not answered: a closed list, which the edge turns into statuses. */
export type UnansweredCode =
  | "question-too-long"
  | "question-too-large"
  | "too-many-questions"
  | "cancelled";

export type AskOutcome<Answer = unknown> =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "rejected"; readonly code: UnansweredCode; readonly detail: string };

interface Asking {
  readonly asked: AskedQuestion;
  /** Tells the outcome; whatever is told later is not heard. */
  readonly tell: (outcome: AskOutcome) => void;
  readonly fail: (error: Error) => void;
  /** Set while it is being answered. */
  desk: Desk | undefined;
}

export class Analyst {
  readonly #store: Store;
  readonly #limits: AnalystLimits;
  readonly #overlapMillisecondsMax: number;
  readonly #newDesk: () => Desk;
  readonly #free: Desk[] = [];
  /** Desks with a question, and those that have been told to end and have not yet. */
  readonly #taken = new Set<Desk>();
  readonly #waiting = new Set<Asking>();
  readonly #answering = new Set<Asking>();
  #closed = false;
  /** When the store last cleared up, while nobody asked. */
  #clearedAt = -Infinity;

  constructor({ store, limits, overlapMillisecondsMax }: AnalystOptions) {
    this.#store = store;
    this.#limits = limits;
    this.#overlapMillisecondsMax = overlapMillisecondsMax ?? OVERLAP_MILLISECONDS_MAX;
    this.#newDesk =
      store instanceof SqliteStore ? () => new ThreadDesk(store.file) : () => new InlineDesk(store);
  }

  /** Rejects where the store cannot be read, or the question meets a fault of ours. */
  ask<Asked extends AskedQuestion>(
    asked: Asked,
    signal?: AbortSignal,
  ): Promise<AskOutcome<AnswerTo<Asked>>> {
    return new Promise((resolve, reject) => {
      const { questionSecondsMax } = this.#limits;
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const asking: Asking = {
        asked,
        tell: (outcome) => {
          settle();
          resolve(outcome as AskOutcome<AnswerTo<Asked>>);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
        desk: undefined,
      };
      const onAbort = () => this.#giveUp(asking, CANCELLED);
      const timer = setTimeout(
        () => this.#giveUp(asking, tooLong(questionSecondsMax)),
        questionSecondsMax * 1000,
      );
      signal?.addEventListener("abort", onAbort);
      if (this.#closed || signal?.aborted === true) asking.tell(CANCELLED);
      else this.#admit(asking);
    });
  }

  #admit(asking: Asking): void {
    const { questionsAtOnceMax, questionsWaitingMax } = this.#limits;
    const isFull =
      this.#taken.size >= questionsAtOnceMax && this.#waiting.size >= questionsWaitingMax;
    if (isFull) {
      asking.tell(tooMany(questionsAtOnceMax, questionsWaitingMax));
      return;
    }
    this.#waiting.add(asking);
    this.#goOn();
  }

  /** Lays waiting questions on desks, as far as there are any. */
  #goOn(): void {
    if (this.#waiting.size > 0 && !this.#mayBegin()) return;
    for (const asking of this.#waiting) {
      if (this.#closed || this.#taken.size >= this.#limits.questionsAtOnceMax) return;
      this.#waiting.delete(asking);
      this.#answer(asking).catch(asking.fail);
    }
  }

  /** Whether the store has cleared up lately; if nobody reads now, it does. */
  #mayBegin(): boolean {
    const now = performance.now();
    if (now - this.#clearedAt <= this.#overlapMillisecondsMax) return true;
    if (this.#taken.size > 0) return false;
    this.#clearedAt = now;
    this.#store.clearUp();
    return true;
  }

  async #answer(asking: Asking): Promise<void> {
    const desk = this.#free.pop() ?? this.#newDesk();
    asking.desk = desk;
    this.#taken.add(desk);
    this.#answering.add(asking);
    try {
      const answer = await desk.answer(asking.asked);
      // Otherwise it was given up while its answer was on the way, and the desk is no more.
      if (!this.#answering.delete(asking)) return;
      this.#taken.delete(desk);
      this.#free.push(desk);
      asking.tell({ kind: "answered", answer });
      this.#goOn();
    } catch (error) {
      if (this.#answering.delete(asking)) this.#end(desk);
      if (!(error instanceof QuestionTooLarge)) throw error;
      asking.tell(tooLarge(error));
    }
  }

  /** Of a question that is answered already nothing is left to give up. */
  #giveUp(asking: Asking, outcome: AskOutcome): void {
    this.#waiting.delete(asking);
    if (this.#answering.delete(asking)) this.#end(asking.desk!);
    asking.tell(outcome);
  }

  #end(desk: Desk): void {
    desk
      .end()
      .finally(() => {
        this.#taken.delete(desk);
        this.#goOn();
      })
      .catch(() => {});
  }

  /** Gives up what is asked. Resolves when nothing of it reads the store any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const asking of [...this.#waiting, ...this.#answering]) this.#giveUp(asking, CANCELLED);
    await Promise.all([...this.#free.splice(0), ...this.#taken].map((desk) => desk.end()));
  }
}

const CANCELLED: AskOutcome = {
  kind: "rejected",
  code: "cancelled",
  detail: "The question was given up before it was answered.",
};

function tooLong(seconds: number): AskOutcome {
  return {
    kind: "rejected",
    code: "question-too-long",
    detail: `The question was not answered within ${seconds} s (limits.questionSecondsMax); narrow it by time, type or source.`,
  };
}

function tooMany(atOnce: number, waiting: number): AskOutcome {
  return {
    kind: "rejected",
    code: "too-many-questions",
    detail: `There are ${atOnce} questions being answered and ${waiting} waiting already; ask again soon.`,
  };
}

function tooLarge({ message }: Error): AskOutcome {
  return {
    kind: "rejected",
    code: "question-too-large",
    detail: `The question cannot be answered: ${message}; narrow it by time, type or source.`,
  };
}
