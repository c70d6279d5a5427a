/**
 * Attribution: which sources, or types of events, came before people converted; by first touch, by last touch, and by
 * dividing each conversion evenly among all of them. A person's conversions are attributed to their own events alone.
 */
import type { AttributionAnswer, AttributionRequest } from "../../schema/http/attribution.ts";
import { compareTexts } from "../identity/stamp.ts";
import { compileEventFilter } from "./event-filter.ts";
import type { Question } from "./question.ts";
import { decimalOf } from "./share.ts";
import { attribute, linearShares, type Attributed } from "./touches.ts";

/** More than anybody reads. */
const VALUES_MAX = 1000;

export function compileAttribution(asked: AttributionRequest): Question<AttributionAnswer> {
  const isConversion = compileEventFilter(asked.conversion);
  return {
    needs: needsOf(asked),
    begin: () => {
      const attribution = new Attribution();
      return {
        add: ({ events }) => attribution.add(attribute(events, isConversion, asked)),
        answer: () => attribution.told(),
      };
    },
  };
}

/** Conversions and what counts as a touch, from the earliest that can count. */
function needsOf({
  conversion,
  touch,
  touches,
  within,
  from,
  to,
}: AttributionRequest): Question<unknown>["needs"] {
  const times = { from: from === undefined ? undefined : from - within, to };
  if (touches === undefined) return times;
  if (touch === "type") return { ...times, types: [...new Set([...touches, conversion.type])] };
  if (conversion.source === undefined) return times;
  return { ...times, sources: [...new Set([...touches, conversion.source])] };
}

interface Credit {
  first: number;
  last: number;
  linear: bigint;
  people: number;
}

class Attribution {
  readonly #credits = new Map<string, Credit>();
  #conversions = 0;
  #people = 0;
  #unattributed = 0;

  /** All of one person. */
  add(attributed: Attributed): void {
    const { touches, conversions } = attributed;
    if (conversions.length === 0) return;
    this.#people++;
    this.#conversions += conversions.length;
    for (const { begin, end } of conversions) {
      if (begin === end) {
        this.#unattributed++;
        continue;
      }
      this.#creditOf(touches[begin]!).first++;
      this.#creditOf(touches[end - 1]!).last++;
    }
    const touching = new Set<string>();
    for (const [place, share] of linearShares(attributed).entries()) {
      if (share === 0n) continue;
      const value = touches[place]!;
      this.#creditOf(value).linear += share;
      touching.add(value);
    }
    for (const value of touching) this.#creditOf(value).people++;
  }

  #creditOf(value: string): Credit {
    const standing = this.#credits.get(value);
    if (standing !== undefined) return standing;
    const made = { first: 0, last: 0, linear: 0n, people: 0 };
    this.#credits.set(value, made);
    return made;
  }

  told(): AttributionAnswer {
    const ranked = [...this.#credits]
      .map(([value, credit]) => ({ ...credit, value, decimal: decimalOf(credit.linear) }))
      // By the shares as they are told, in which what makes no difference is gone.
      .toSorted(
        (left, right) => right.decimal - left.decimal || compareTexts(left.value, right.value),
      );
    const touches: AttributionAnswer["touches"] = ranked
      .slice(0, VALUES_MAX)
      .map(({ value, first, last, decimal, people }) => ({
        value,
        first,
        last,
        linear: decimal,
        people,
      }));
    const rest = ranked.slice(VALUES_MAX);
    if (rest.length > 0) touches.push(together(rest));
    return {
      conversions: this.#conversions,
      people: this.#people,
      unattributed: this.#unattributed,
      touches,
    };
  }
}

function together(credits: readonly Credit[]): AttributionAnswer["touches"][number] {
  let [first, last, linear] = [0, 0, 0n];
  for (const credit of credits) {
    first += credit.first;
    last += credit.last;
    linear += credit.linear;
  }
  return { value: null, first, last, linear: decimalOf(linear), people: null };
}
