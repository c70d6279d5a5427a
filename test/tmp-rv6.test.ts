import { join } from "node:path";
import { readFileSync, existsSync } from "node:fs";
import { test } from "vitest";
import { openService } from "../src/service.ts";
import { settingsFrom } from "./support/service.ts";
import { temporaryFolder } from "./support/temporary.ts";
test("erase under load with a thread", async () => {
const file = join(temporaryFolder(), "a.db");
const errors: string[] = [];
const service = await openService({ settings: { ...settingsFrom("sources:\n  chat: { replaceProfileId: user, eventId: id, identifiers: {email: mail}, traits: {name: name} }\n"), database: file }, settleIn: "thread", onStoreError: (e: Error) => errors.push(e.message), onRemark: () => {} });
const post = (o: object) => service.engine.receive({ source: "chat", contentType: "application/json", headers: new Map(), query: new URLSearchParams(), body: Buffer.from(JSON.stringify(o)) });
for (let i = 0; i < 60; i++) await post({ id: `s${i}`, user: `secretuser${i % 10}`, mail: `zzsecret${i % 10}@x.org`, name: "SecretNameZZ" });
let stop = false, n = 0; const bad: unknown[] = [];
const load = Array.from({ length: 16 }, async (_, w) => { while (!stop) { const r: any = await post({ id: `l${n++}`, user: `u${n % 500}`, mail: n % 7 ? undefined : `m${n % 400}@x.org`, name: "n" + (n % 3) }); if (r.kind !== "received") bad.push(r.code + r.detail); } });
const res: string[] = [];
for (let k = 0; k < 10; k++) { const t = Date.now(); const e = await service.erasures.erase({ person: `chat:secretuser${k}`, suppress: k % 2 === 0, dryRun: false, by: undefined }); res.push(`${e?.storage}:${e?.removed.events}:${Date.now() - t}ms`); await new Promise((r) => setTimeout(r, 100)); }
stop = true; await Promise.all(load);
const look = () => [file, `${file}-wal`].map((f) => existsSync(f) && /zzsecret|SecretNameZZ|secretuser/.test(readFileSync(f, "latin1")));
console.log(res, "posted", n, "bad", bad.length, bad.slice(0, 3), errors.slice(0, 3), "traces", look());
const back: any = await post({ id: "r", user: "secretuser0" }), back2: any = await post({ id: "s1", user: "secretuser1" });
console.log(back.events, back2.events);
await service.close(); console.log("after close", look(), (await import("node:fs")).readdirSync(join(file, "..")));
const again = await openService({ settings: { ...settingsFrom("sources:\n  chat: { replaceProfileId: user, eventId: id, identifiers: {email: mail}, traits: {name: name} }\n"), database: file }, onStoreError: () => {} });
const c = await again.rulebook.rebuild({ check: true }); console.log("rebuild check differing", c.differing); await again.close();
});
