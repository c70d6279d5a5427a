/** Payloads tried by `check` as a process, and a configuration with something of everything that is traced. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, writeConfig } from "./service-process.ts";
import { temporaryFolder } from "./temporary.ts";

export const CHECK_CONFIG = `
sources:
  chat:
    replaceProfileId: [event.user.id, event.user]
    idScope: team_id
    eventType: event.type
    eventId: event_id
    occurredAt: event_time
    identifiers: { email: event.user.profile.email, phone: event.user.profile.phone }
    traits: { name: event.user.profile.real_name }
  form:
    replaceProfileId: "data[id]"
    eventType: header:x-event
    withoutId: drop
`;

export const CHECK_PAYLOAD = {
  team_id: "T1",
  event_id: "Ev1",
  event_time: 1_700_000_000,
  event: {
    type: "user_change",
    user: { id: "U7", profile: { email: "Ann@Example.com", phone: "none", real_name: "Ann" } },
  },
};

export interface CheckFiles {
  readonly folder: string;
  readonly config: string;
}

/** A configuration and payloads beside it, each with its file's name. */
export function checkFiles(yaml: string, payloads: Readonly<Record<string, unknown>>): CheckFiles {
  const top = temporaryFolder();
  const folder = join(top, "payloads");
  mkdirSync(folder);
  for (const [name, payload] of Object.entries(payloads))
    writeFileSync(
      join(folder, name),
      typeof payload === "string" ? payload : JSON.stringify(payload),
    );
  return { folder, config: writeConfig(top, yaml) };
}

/** `name` empty: the whole folder. */
export function checkPayload(
  { folder, config }: CheckFiles,
  source: string,
  name: string,
  ...more: string[]
) {
  const payload = join(folder, name);
  return runCommand([
    "check",
    "--config",
    config,
    "--source",
    source,
    "--payload",
    payload,
    ...more,
  ]);
}

/** What `--json` gives. */
export interface CheckReport {
  readonly deliveries: readonly {
    readonly file: string;
    readonly contentType: string;
    readonly verification: object;
    readonly fault?: string;
    readonly events: readonly {
      readonly outcome: string;
      readonly because?: string;
      readonly event: object;
      readonly rows: readonly { readonly field: string; readonly use: string }[];
    }[];
  }[];
  readonly summary: object;
  readonly suggestions: readonly { readonly field: string }[];
  readonly suggestedYaml?: string;
  readonly warnings: readonly object[];
}
