/** Reads in this thread. */
import type { People } from "../queries/people.ts";
import { answerText } from "./answer-text.ts";
import type { Asked, Reader } from "./reader.ts";

export class InlineReader implements Reader {
  readonly #people: Pick<People, "profile" | "journey">;

  constructor(people: Pick<People, "profile" | "journey">) {
    this.#people = people;
  }

  read(asked: Asked): Promise<string | undefined> {
    return answerText(this.#people, asked);
  }

  async close(): Promise<void> {}
}
