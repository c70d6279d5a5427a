/** The page of worked queries: every column it names is there, and every query gives the result that is printed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { openTestService, type TestService } from "../support/service.ts";
import { removableFolder } from "../support/temporary.ts";
import { VIEWS, ViewReader, type Row } from "../support/views.ts";

const page = readFileSync(new URL("../../schema/SQL.md", import.meta.url), "utf8");

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, block]) => block!,
  );
}

interface Worked {
  readonly question: string;
  readonly sql: string;
  readonly result: string;
}

/** Each section below the sample asks one question. */
const worked: readonly Worked[] = page
  .split(/^## /m)
  .find((section) => section.startsWith("Worked queries"))!
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const part = (language: string) =>
      new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(section)?.[1] ?? "";
    return { question: section.split("\n")[0]!, sql: part("sql"), result: part("text") };
  });

/** Columns that line up, as `sqlite3 -column -header` prints them. */
function tableOf(rows: readonly Row[]): string {
  const titles = Object.keys(rows[0]!);
  const cells = [titles, ...rows.map((row) => titles.map((title) => String(row[title] ?? "")))];
  const widths = titles.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  const rule = widths.map((width) => "-".repeat(width));
  return [cells[0]!, rule, ...cells.slice(1)]
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

let service: TestService;
let views: ViewReader;
let removeFolder: () => void;

beforeAll(async () => {
  const { folder, remove } = removableFolder();
  removeFolder = remove;
  const file = join(folder, "selfsame.db");
  let now = 0;
  service = await openTestService(blocks("yaml")[0]!, new SqliteStore(file), { clock: () => now });
  for (const line of blocks("ndjson")[0]!.trimEnd().split("\n")) {
    const { to, at } = JSON.parse(line) as { readonly to: string; readonly at: string };
    now = Date.parse(at);
    // As it stands there, so that its numbers keep their digits.
    const [receipt] = await service.post(to, line);
    if (receipt!.outcome === "quarantined") throw new Error(receipt!.reason);
  }
  views = new ViewReader(file);
});

afterAll(async () => {
  views.close();
  await service.close();
  removeFolder();
});

describe("a worked query", () => {
  test("there are some, and each has its result", () => {
    expect(worked.length).toBeGreaterThanOrEqual(12);
    expect(blocks("sql")).toHaveLength(worked.length);
    expect(blocks("text")).toHaveLength(worked.length);
  });

  test.each(worked)("$question", ({ sql, result }) => {
    expect(tableOf(views.rows(sql))).toBe(result);
  });

  test("of links that are not followed says what the service says", async () => {
    const { unfollowed } = await service.queries.stats();
    const rows = views.rows(worked.find(({ question }) => question.includes("not followed"))!.sql);
    expect(Object.fromEntries(rows.map(({ rule, links }) => [rule, links]))).toEqual(unfollowed);
  });
});

describe("the columns", () => {
  test.each(VIEWS)("of %s are told, in their order and no others", (view) => {
    const section = page.split(/^### /m).find((part) => part.startsWith(`\`${view}\``))!;
    const told = [...section.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
    );
    expect(told.toSorted()).toEqual(views.columns(view).toSorted());
  });
});
