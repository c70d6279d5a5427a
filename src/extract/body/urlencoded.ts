/** Forms as browsers and many a webhook send them: `a=1&b=2`, percent-encoded UTF-8. */
import { decodeUtf8, unparseable, type Parsed } from "./content.ts";
import { tooManyFields, type Field, type Fields } from "./fields.ts";

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/** The fields in their order, or that a percent-encoded byte is no UTF-8. */
export function parseUrlencoded(text: string, fieldsMax: number): Parsed<Fields> {
  const fields: Field[] = [];
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    if (fields.length === fieldsMax) return { value: tooManyFields(fieldsMax) };
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? "" : pair.slice(equals + 1));
    if (name === undefined || value === undefined)
      return unparseable("The form is not percent-encoded UTF-8.");
    fields.push({ name, value });
  }
  return { value: { fields } };
}

/** A percent sign without two digits behind it stands for itself, as the URL standard has it. */
function decode(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text;
  const bytes = Buffer.from(text);
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    const escaped = byte === PERCENT ? hexByte(bytes[index + 1], bytes[index + 2]) : undefined;
    if (escaped !== undefined) index += 2;
    bytes[length++] = escaped ?? (byte === PLUS ? SPACE : byte);
  }
  return decodeUtf8(bytes.subarray(0, length));
}

function hexByte(high: number | undefined, low: number | undefined): number | undefined {
  const [left, right] = [hexDigit(high), hexDigit(low)];
  return left === undefined || right === undefined ? undefined : left * 16 + right;
}

function hexDigit(unit: number | undefined): number | undefined {
  if (unit === undefined) return undefined;
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
