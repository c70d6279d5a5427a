/**
 * The payload of one event as conditions look into it. Parsed once; its text is looked into only where a number can be
 * told from another by more digits than a double has.
 */
import { JsonText } from "../extract/json-text.ts";
import { PathEvaluationError, type Found, type Path } from "../extract/path.ts";
import { exactNumber, type ExactNumber } from "../identity/exact-number.ts";

const NO_HEADERS = new Map<string, string>();
const NO_QUERY = new URLSearchParams();

/**
 * What a number must look like to have more than fifteen digits, or to be too large or too small for all doubles to keep
 * fifteen. Texts may look so too, which costs no more than a look into the payload.
 */
const LONG_NUMBER = /[\d.]{16}|[eE][+-]?\d{3}/;
/** So many digits every double keeps: a shorter number is read back from it as it was written. */
const DIGITS_KEPT = 15;

export class Payload {
  readonly #text: string;
  readonly #body: unknown;
  #json: JsonText | undefined;
  #isPlain: boolean | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#body = JSON.parse(text) as unknown;
  }

  /** What a path leads to; nothing where it cannot be followed in this payload. */
  *find(path: Path): Iterable<Found> {
    try {
      yield* path.find({ body: this.#body, headers: NO_HEADERS, query: NO_QUERY });
    } catch (error) {
      if (!(error instanceof PathEvaluationError)) throw error;
    }
  }

  /** A number that was found, with the digits it was sent with. */
  exact(value: number, { location }: Found): ExactNumber | undefined {
    this.#isPlain ??= !LONG_NUMBER.test(this.#text);
    if (this.#isPlain) return exactNumber(value.toPrecision(DIGITS_KEPT));
    this.#json ??= new JsonText(this.#text);
    return exactNumber(this.#json.at(location ?? []) ?? "");
  }
}
