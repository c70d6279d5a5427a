/** A desk: where one question at a time is answered, in a thread of its own or beside everything else. */
import type { AskedQuestion } from "./kinds.ts";

export interface Desk {
  /** Rejects where the question cannot be answered, and may never settle once the desk has been told to end. */
  answer(asked: AskedQuestion): Promise<unknown>;
  /** Gives up whatever is under way. Resolves when nothing of it runs any more; the desk is of no use then. */
  end(): Promise<void>;
}

/** A question needs more memory than it may have. */
export class QuestionTooLarge extends Error {
  override readonly name = "QuestionTooLarge";
}
