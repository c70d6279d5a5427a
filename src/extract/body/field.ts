/** Fields of forms, whichever way they were written, and what holds for all of them. */
import { printable, unknownType, unparseable, type BodyFault } from "./fault.ts";
import { isReadCharset } from "./format.ts";

export interface Field {
  /** As it was sent, brackets and all. */
  readonly name: string;
  readonly value: string | FileSummary;
}

/** What is kept of a file in a form: a journey is no place for its content. */
interface FileSummary {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: number;
}

export function tooManyFields(formFieldsMax: number): BodyFault {
  return unparseable(`The form has more fields than limits.formFieldsMax ${formFieldsMax}.`);
}

export const NOT_UTF8: BodyFault = unparseable("The body is not valid UTF-8.");

/** A form may say its charset in a field of this name (RFC 7578, 4.6), which browsers fill in. */
const CHARSET_FIELD = "_charset_";

/** The fault of a form that says that it is not in UTF-8. */
export function charsetFault(fields: readonly Field[]): BodyFault | undefined {
  for (const { name, value } of fields) {
    if (name !== CHARSET_FIELD || typeof value !== "string") continue;
    if (value.trim() !== "" && !isReadCharset(value))
      return unknownType(`The charset ${printable(value)} of the form is not read; send UTF-8.`);
  }
  return undefined;
}
