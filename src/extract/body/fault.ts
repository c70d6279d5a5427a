/** Why a body cannot be read at all: the sender is at fault, and nothing is kept. No detail ever quotes the body. */

export interface BodyFault {
  readonly code: "unparseable" | "unknown-content-type" | "body-too-large";
  readonly detail: string;
}

export function unparseable(detail: string): BodyFault {
  return { code: "unparseable", detail };
}

export function unknownType(detail: string): BodyFault {
  return { code: "unknown-content-type", detail };
}

/** What a step of reading made, or why it could not. */
export type Read<Value> = { readonly value: Value } | { readonly fault: BodyFault };

const PRINTABLE_CHARACTERS_MAX = 100;

/** A piece of a header for a message; headers are no secret of the body's kind, but may be long. */
export function printable(text: string): string {
  return JSON.stringify(text.slice(0, PRINTABLE_CHARACTERS_MAX));
}
