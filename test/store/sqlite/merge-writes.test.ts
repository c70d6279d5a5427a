import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { openTestService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const CONFIG = `
sources:
  crm: { eventId: id, occurredAt: t, identifiers: { chat: chat, email: email, device: device } }
identity:
  namespaces: { chat: { genericAfter: 1000 } }
`;

interface Rows {
  readonly events: readonly string[];
  /** The column `profile` by ordinal. */
  readonly profiles: ReadonlyMap<number, number>;
}

function rowsOf(file: string): Rows {
  const client = new Database(file, { readonly: true });
  try {
    const events = client.prepare<[], object>("SELECT * FROM event_rows ORDER BY number").all();
    const profiles = client
      .prepare<[], { ordinal: number; profile: number }>(
        "SELECT ordinal, profile FROM identifier_rows",
      )
      .all();
    return {
      events: events.map((row) => JSON.stringify(row)),
      profiles: new Map(profiles.map(({ ordinal, profile }) => [ordinal, profile])),
    };
  } finally {
    client.close();
  }
}

test.each([
  { elder: "small", small: 3, large: 200 },
  { elder: "large", small: 3, large: 200 },
])(
  "I5: a merge touches no event and rewrites the smaller side alone, the $elder side being the elder",
  async ({ elder, small, large }) => {
    const file = join(temporaryFolder(), "selfsame.db");
    const service = await openTestService(CONFIG, new SqliteStore(file));
    const grow = async (chat: string, devices: number) => {
      for (let index = 0; index < devices; index++)
        await service.post("crm", {
          id: `${chat}${index}`,
          t: index,
          chat,
          device: `${chat}-${index}`,
        });
    };
    const sides = [
      ["small", small],
      ["large", large],
    ] as const;
    const inOrder = elder === "small" ? sides : sides.toReversed();
    for (const [chat, devices] of inOrder) await grow(chat, devices);
    const elderId = (await service.queries.profile(`chat:${elder}`))!.id;

    const before = rowsOf(file);
    await service.post("crm", { id: "link", t: 1, chat: "small", email: "a@x" });
    await service.post("crm", { id: "merge", t: 2, chat: "large", email: "a@x" });
    const after = rowsOf(file);
    await service.close();

    expect(after.events.slice(0, before.events.length)).toEqual(before.events);
    expect(after.events).toHaveLength(before.events.length + 2);
    const rewritten = [...before.profiles].filter(
      ([ordinal, profile]) => after.profiles.get(ordinal) !== profile,
    );
    // The chat id, its devices; the address joined the small side a moment ago and is new in this comparison.
    expect(rewritten).toHaveLength(small + 1);
    expect(new Set(after.profiles.values()).size).toBe(1);

    const reopened = await openTestService(CONFIG, new SqliteStore(file));
    expect((await reopened.queries.profile("email:a@x"))!.id).toBe(elderId);
    await reopened.close();
  },
);
