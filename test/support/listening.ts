/** A service in this process that listens on a free port, over a store that a test can stop and let go on. */
import { onTestFinished } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { startServer } from "../../src/http/server.ts";
import type { StatsView } from "../../src/queries/queries.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/store.ts";
import { SEEDS } from "./ids.ts";
import { openTestService, settingsFrom, type TestService } from "./service.ts";

export interface Listening {
  readonly url: string;
  readonly service: TestService;
  /** What `GET /v1/stats` counts, by source and outcome; those of no source under `nobody`. */
  counts(): Promise<Readonly<Record<string, number>>>;
  /** Lets no commit end until it is called off. */
  block(): () => void;
  /** What went wrong that nobody expected. */
  readonly errors: readonly unknown[];
}

/** It stops when the running test is over. */
export async function listen(
  yaml: string,
  store: Store = new MemoryStore(SEEDS),
): Promise<Listening> {
  const service = await openTestService(yaml, store);
  const settings = settingsFrom(yaml);
  const errors: unknown[] = [];
  const app = createApp({ service, settings, onError: (error) => errors.push(error) });
  const server = await startServer(app, {
    host: "127.0.0.1",
    port: 0,
    limits: settings.limits,
    onTurnedAway: (code, detail) => void service.engine.reject(undefined, code, detail),
  });
  onTestFinished(async () => {
    await server.stop();
    await service.close();
  });
  return {
    url: server.url,
    service,
    errors,
    async counts() {
      const answer = await fetch(`${server.url}/v1/stats`);
      const { outcomes } = (await answer.json()) as StatsView;
      return Object.fromEntries(
        outcomes.map(({ source, outcome, deliveries }) => [
          `${source ?? "nobody"} ${outcome}`,
          deliveries,
        ]),
      );
    },
    block() {
      let goOn = () => {};
      const blocked = new Promise<void>((resolve) => (goOn = resolve));
      const commit = store.commit.bind(store);
      store.commit = async (...given) => {
        await blocked;
        return commit(...given);
      };
      return goOn;
    },
  };
}
