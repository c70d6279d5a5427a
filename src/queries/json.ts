/** JSON answers that carry text which is JSON already, such as payloads: it is put in as it is, every digit kept. */

export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Like JSON.stringify for plain data; a Map becomes an object, a RawJson its text, undefined members are left out. */
export function writeJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  // Text is added to text: of a page with many events, lists of members and of their texts cost more than the texts.
  let members = "";
  for (const [key, member] of value instanceof Map ? value : Object.entries(value))
    if (member !== undefined)
      members += `${members === "" ? "" : ","}${JSON.stringify(String(key))}:${writeJson(member)}`;
  return `{${members}}`;
}
