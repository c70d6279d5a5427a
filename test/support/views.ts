/** The SQL views, read over a connection of their own as any tool would. */
import Database from "better-sqlite3";

export const VIEWS = [
  "profiles",
  "identifiers",
  "events",
  "journeys",
  "traits",
  "links",
  "changes",
] as const;

export type Row = Readonly<Record<string, string | number | null>>;

export class ViewReader {
  readonly client: Database.Database;

  constructor(file: string) {
    this.client = new Database(file, { readonly: true });
  }

  rows(sql: string, ...values: readonly unknown[]): Row[] {
    return this.client.prepare(sql).all(...values) as Row[];
  }

  columns(view: string): string[] {
    return this.rows("SELECT name FROM pragma_table_info(?)", view).map(({ name }) => String(name));
  }

  /** What SQLite would do, step by step. */
  plan(sql: string): string[] {
    return this.rows(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => String(detail));
  }

  close(): void {
    this.client.close();
  }
}
