/** The HTTP surface without a socket: a service over a store, its routes, and a client that speaks JSON. */
import type { Hono } from "hono";
import { onTestFinished } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { StoreError, type Store } from "../../src/store/store.ts";
import { SEEDS } from "./ids.ts";
import { holdToDescription } from "./published.ts";
import {
  openTestService,
  settingsFrom,
  type TestService,
  type TestServiceOptions,
} from "./service.ts";

export interface Answer<Body> {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  readonly body: Body;
}

/** What every problem says. */
export interface ProblemBody {
  readonly type: string;
  readonly detail: string;
}

type Headers = Readonly<Record<string, string>>;

export class TestApp {
  readonly service: TestService;
  readonly #app: Hono;

  constructor(service: TestService, app: Hono) {
    this.service = service;
    this.#app = app;
  }

  get<Body>(path: string, headers: Headers = {}): Promise<Answer<Body>> {
    return this.#request(path, { headers });
  }

  /** A text is sent as it is, anything else as JSON. */
  post<Body>(path: string, body: unknown, headers: Headers = {}): Promise<Answer<Body>> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const typed = { "content-type": "application/json", ...headers };
    return this.#request(path, { method: "POST", headers: typed, body: text });
  }

  delete<Body>(path: string, headers: Headers = {}): Promise<Answer<Body>> {
    return this.#request(path, { method: "DELETE", headers });
  }

  /** The answer as it is, for what is not JSON. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#app.request(path, init);
  }

  async #request<Body>(path: string, init: RequestInit): Promise<Answer<Body>> {
    const response = await this.#app.request(path, init);
    const text = await response.text();
    const type = response.headers.get("content-type");
    return { status: response.status, type, text, body: JSON.parse(text) as Body };
  }
}

/** Opens a service and closes it when the running test is over. */
export async function openTestApp(
  yaml: string,
  options: TestServiceOptions & { readonly store?: Store } = {},
): Promise<TestApp> {
  const { store = new MemoryStore(SEEDS), ...rest } = options;
  const service = await openTestService(yaml, store, rest);
  // What a test did not expect has to fail it; a store that cannot write is expected where it is tried, also at the end.
  const failOnBug = (error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
  };
  onTestFinished(() => service.close().catch(failOnBug));
  const app = createApp({ service, settings: settingsFrom(yaml), onError: failOnBug });
  return new TestApp(service, holdToDescription(app));
}
