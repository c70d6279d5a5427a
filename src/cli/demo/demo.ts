/** `demo`: a first look in one command: a fresh service, webhooks of several systems, and one person made of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { Command } from "commander";
import { parseConfig } from "../../config/config.ts";
import { createApp } from "../../http/app.ts";
import { startServer, type RunningServer } from "../../http/server.ts";
import { openService } from "../../service.ts";
import { createLogger, jsonOption, print } from "../shared.ts";
import { readCast, type DemoCast } from "./cast.ts";
import { Client, profilePath } from "./client.ts";
import type { Emphasis } from "./layout.ts";
import { play, type Findings } from "./play.ts";
import { reportText } from "./report.ts";

interface DemoChoice {
  readonly serve: boolean;
  readonly json: boolean;
}

export function demoCommand(): Command {
  return new Command("demo")
    .description("show what the service does, with bundled webhooks and a temporary database")
    .option("--serve", "keep the service running afterwards, until Ctrl+C", false)
    .addOption(jsonOption())
    .action(demo);
}

async function demo(choice: DemoChoice): Promise<void> {
  const cast = readCast();
  const stopped = stopSignal();
  const findings = await withService(cast, async (server) => {
    const abort = new AbortController();
    const playing = play(cast, new Client(server.url, abort.signal));
    const told = await Promise.race([playing, stopped]);
    abort.abort();
    if (told === undefined) return undefined;
    print(choice.json, told, reportText(told, emphasis()));
    if (choice.serve && !choice.json) process.stdout.write(invitation(told));
    if (choice.serve) await stopped;
    return told;
  });
  if (findings !== undefined && !choice.serve && !choice.json) process.stdout.write(FAREWELL);
}

/** Resolves when the process is told to stop. */
function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolve(undefined));
  });
}

/** Runs the service on a free port and a database of its own, and leaves nothing of either behind. */
async function withService<Result>(
  { config }: DemoCast,
  use: (server: RunningServer) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), "selfsame-demo-"));
  try {
    const logger = createLogger();
    const settings = {
      ...parseConfig(config, "cast.json", {}),
      database: join(directory, "demo.db"),
    };
    const onError = (error: unknown) => logger.error({ err: error }, "the demo failed");
    const service = await openService({ settings, onStoreError: onError });
    try {
      const server = await startServer(createApp({ service, settings, onError }), {
        host: "127.0.0.1",
        port: 0,
        limits: settings.limits,
      });
      try {
        return await use(server);
      } finally {
        await server.stop();
      }
    } finally {
      await service.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function emphasis(): Emphasis {
  const { stdout } = process;
  return stdout.isTTY && stdout.hasColors() ? (text) => styleText("bold", text) : (text) => text;
}

const FAREWELL = `
The service that told all this has stopped, and its temporary database is gone.
To ask it more yourself, keep it running with --serve.
`;

function invitation({ url, shown, profile }: Findings): string {
  const email = profile.identifiers.find(({ namespace }) => namespace === "email");
  const known = email?.identifier ?? shown;
  return `
Selfsame listens on ${url} until Ctrl+C. Try, in another terminal:

  curl -s ${url}${profilePath(known)}
  curl -s '${url}${profilePath(known)}/journey?source=stripe&order=desc'
  curl -s ${url}${profilePath(shown)}/graph
  curl -s -d 'submission_id=1&name=You&email=you@example.com' ${url}/webhooks/form
  curl -s ${url}${profilePath("email:you@example.com")}
`;
}
