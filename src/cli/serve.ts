/** `serve`: runs the service until it is told to stop. */
import { Command, InvalidArgumentError } from "commander";
import { formatFault } from "../config/config-text.ts";
import { isLoopback } from "../http/access.ts";
import { createApp } from "../http/app.ts";
import { startServer, type RunningServer } from "../http/server.ts";
import type { Service } from "../service.ts";
import { hasLiveKey } from "./live-keys.ts";
import { remarkLog } from "./remark-log.ts";
import { openServiceOrExplain, rebuildDetails, rebuildText } from "./rebuild-report.ts";
import {
  CommandError,
  configOption,
  createLogger,
  databaseOption,
  settingsOf,
  type ConfigChoice,
} from "./shared.ts";

interface ServeChoice extends ConfigChoice {
  readonly host: string;
  readonly port: number;
  readonly applyRules: boolean;
}

const PORT_DEFAULT = 8787;
const PORT_MAX = 65_535;

function portArgument(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > PORT_MAX)
    throw new InvalidArgumentError(`a port is a number from 0 (any free one) to ${PORT_MAX}.`);
  return port;
}

export function serveCommand(): Command {
  return new Command("serve")
    .description("run the service")
    .addOption(configOption())
    .addOption(databaseOption())
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option(
      "--port <number>",
      "the port to listen on; 0 takes any free one",
      portArgument,
      PORT_DEFAULT,
    )
    .option("--apply-rules", "apply identity rules that have changed before serving", false)
    .action(serve);
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "EADDRINUSE" ? "the port is in use; choose another with --port" : message;
}

async function serve(choice: ServeChoice): Promise<void> {
  const settings = settingsOf(choice);
  if (!isLoopback(choice.host) && !(await hasLiveKey(settings)))
    throw new CommandError(
      2,
      `without API keys the profiles would be open to everybody who can reach ${choice.host}; ` +
        "make a key with: selfsame keys create, or configure apiKeys, or listen on 127.0.0.1",
    );
  const logger = createLogger();
  for (const warning of settings.warnings) logger.warn(formatFault(warning));
  const service = await openServiceOrExplain({
    settings,
    applyRules: choice.applyRules,
    workIn: "threads",
    onStoreError: (error) =>
      logger.error({ err: error }, "a commit failed; senders were asked to try again"),
    onRemark: remarkLog(logger),
  });
  const { applied } = service;
  // In a new database there is nobody whom the first rules could change.
  if (applied !== undefined && applied.identifiers > 0)
    logger.info(
      { rulesVersion: applied.rulesVersion, changed: rebuildDetails(applied) },
      `identity rules applied: ${rebuildText(applied)}`,
    );
  const app = createApp({
    service,
    settings,
    onError: (error) => logger.error({ err: error }, "a request failed"),
  });
  const server = await startServer(app, {
    host: choice.host,
    port: choice.port,
    limits: settings.limits,
    // What never became a request belongs to no source.
    onTurnedAway: (code, detail) => void service.engine.reject(undefined, code, detail),
  }).catch(async (error: unknown) => {
    await service.close();
    throw new CommandError(
      1,
      `cannot listen on ${choice.host}:${choice.port}: ${messageOf(error)}`,
    );
  });
  process.stdout.write(`Selfsame listens on ${server.url}\n`);
  const signal = await new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolve(name));
  });
  logger.info(`stopping after ${signal}`);
  await stopped(server, service);
}

/** Whoever asked is told so while there is still time to: the server hangs up on what is not answered within seconds. */
const QUESTIONS_MILLISECONDS_MAX = 2_000;

async function stopped(server: RunningServer, service: Service): Promise<void> {
  const late = setTimeout(() => void service.analyst.close(), QUESTIONS_MILLISECONDS_MAX);
  await server.stop();
  clearTimeout(late);
  await service.close();
}
