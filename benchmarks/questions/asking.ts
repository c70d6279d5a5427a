/** Asks a running service, as an analyst's program would. Rejects where the answer is not the one that was asked for. */

export interface Asking {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

export function askingAt(url: string): Asking {
  const read = async (response: Response): Promise<unknown> => {
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    get: async (path) => read(await fetch(`${url}${path}`)),
    post: async (path, body) =>
      read(
        await fetch(`${url}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      ),
  };
}

interface Page {
  readonly profiles: readonly FoundProfile[];
  readonly next: string | null;
}

export interface FoundProfile {
  readonly identifiers: readonly { readonly identifier: string }[];
}

/** Everybody whom a search finds, page by page. */
export async function findAll(asking: Asking, filter: unknown): Promise<FoundProfile[]> {
  const found: FoundProfile[] = [];
  let cursor: string | undefined;
  do {
    const page = (await asking.post("/v1/search", { filter, limit: 1000, cursor })) as Page;
    found.push(...page.profiles);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}
