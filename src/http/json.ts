/** JSON answers that carry text which is JSON already, such as payloads: it is put in as it is, every digit kept. */

export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Like JSON.stringify for plain data; a Map becomes an object, a RawJson its text, undefined members are left out. */
export function writeJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (value instanceof Map) return writeEntries([...value]);
  if (typeof value === "object" && value !== null) return writeEntries(Object.entries(value));
  return JSON.stringify(value);
}

function writeEntries(entries: readonly (readonly [unknown, unknown])[]): string {
  const members = entries
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${JSON.stringify(String(key))}:${writeJson(value)}`);
  return `{${members.join(",")}}`;
}
