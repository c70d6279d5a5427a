/**
 * Answers questions in this process, for stores that no other thread can read. It works in slices, between which everybody else
 * has their turn.
 */
import { setImmediate } from "node:timers/promises";
import type { Store } from "../store/store.ts";
import type { Desk } from "./desk.ts";
import { answerTo, type AskedQuestion } from "./kinds.ts";

/** Short against what people notice, long against what a turn of the event loop costs. */
const SLICE_MILLISECONDS = 5;

export class InlineDesk implements Desk {
  readonly #store: Store;
  #ended = false;
  #underWay: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  answer(asked: AskedQuestion): Promise<unknown> {
    let sliceEnd = performance.now() + SLICE_MILLISECONDS;
    const othersTurn = async () => {
      await setImmediate();
      if (this.#ended) throw new Error("the question was given up");
      sliceEnd = performance.now() + SLICE_MILLISECONDS;
    };
    const pause = () => (performance.now() < sliceEnd ? undefined : othersTurn());
    const answer = answerTo(this.#store, asked, pause);
    this.#underWay = answer.catch(() => {});
    return answer;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#underWay;
  }
}
