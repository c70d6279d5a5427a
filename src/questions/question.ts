/**
 * A question over people: which events it needs, and how it goes through them one person at a time. Questions are pure;
 * who asks them decides where they run, for how long, and on which store.
 */
import type { History, HistoryRequest } from "../store/histories.ts";

export interface Question<Answer> {
  readonly needs: HistoryRequest;
  /** A fresh run, which is given each person once, in any order, and then asked for its answer. */
  readonly begin: () => Run<Answer>;
}

interface Run<Answer> {
  add(history: History): void;
  answer(): Answer;
}
