/** The real service in a process of its own, on a SQLite file with `synchronous = FULL`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { CONFIGURATION, SOURCE } from "./deliveries.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

export interface SelfsameServer extends ServerProcess {
  readonly database: string;
}

/** Configuration and database lie in `folder`. */
export async function startSelfsame(
  folder: string,
  profileFolder: string | undefined,
  configuration = CONFIGURATION,
): Promise<SelfsameServer> {
  const database = join(folder, "selfsame.db");
  const config = join(folder, "selfsame.yaml");
  writeFileSync(config, configuration);
  const server = await startServerProcess(
    "src/cli/main",
    ["serve", "--config", config, "--database", database, "--port", "0"],
    profileFolder,
  );
  return { ...server, database };
}

/** Where the deliveries go. */
export function webhookUrl({ url }: ServerProcess): string {
  return `${url}/webhooks/${SOURCE}`;
}

/** What was acknowledged must be there, once each: a service that answered and forgot would be fast. */
export function checkDatabase(
  file: string,
  expected: { readonly events: number; readonly people: number },
): void {
  const database = new Database(file, { readonly: true });
  try {
    const count = (sql: string) => database.prepare<[], number>(sql).pluck().get();
    const events = count("SELECT count(*) FROM event_rows");
    const profiles = count("SELECT count(DISTINCT profile) FROM identifier_rows");
    if (events !== expected.events || profiles !== expected.people)
      throw new Error(
        `the database holds ${events} events of ${profiles} people, not of ${expected.people}`,
      );
  } finally {
    database.close();
  }
}
