/** Forms as browsers write them without files: `a=1&b=two+words`, application/x-www-form-urlencoded. */
import type { Read } from "./fault.ts";
import { NOT_UTF8, tooManyFields, type Field } from "./field.ts";
import { decodePercent } from "./utf8.ts";

/** The fields in the order in which they were sent. */
export function readUrlEncoded(text: string, formFieldsMax: number): Read<readonly Field[]> {
  const fields: Field[] = [];
  for (let start = 0; start <= text.length;) {
    const ampersand = text.indexOf("&", start);
    const end = ampersand < 0 ? text.length : ampersand;
    if (end > start) {
      if (fields.length === formFieldsMax) return { fault: tooManyFields(formFieldsMax) };
      const field = readField(text.slice(start, end));
      if (field === undefined) return { fault: NOT_UTF8 };
      fields.push(field);
    }
    start = end + 1;
  }
  return { value: fields };
}

function readField(piece: string): Field | undefined {
  const equals = piece.indexOf("=");
  const name = decode(equals < 0 ? piece : piece.slice(0, equals));
  const value = decode(equals < 0 ? "" : piece.slice(equals + 1));
  return name === undefined || value === undefined ? undefined : { name, value };
}

function decode(text: string): string | undefined {
  return decodePercent(text.replaceAll("+", " "));
}
