/**
 * A reader: who reads single people for those who ask over HTTP, here or in threads of their own. What is asked is plain
 * data and what is answered is JSON already, so that whoever waits for it need only pass it on.
 */
import type { JourneyQuery } from "../queries/people.ts";

export type Asked =
  | { readonly kind: "profile"; readonly reference: string }
  | { readonly kind: "journey"; readonly reference: string; readonly query: JourneyQuery };

export interface Reader {
  /**
   * The answer as JSON, of what is in the store when it is asked or later. Undefined where the reference stands for nobody. Rejects with a
   * StoreError where the store cannot be read now.
   */
  read(asked: Asked): Promise<string | undefined>;
  /** Whoever still waits for an answer is told that there will be none. */
  close(): Promise<void>;
}
