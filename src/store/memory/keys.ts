/** Keys to the query API, by name. */
import type { Milliseconds } from "../../identity/types.ts";
import type { KeyRecord, NewKey } from "../keys.ts";

export class StoredKeys {
  readonly #keys = new Map<string, KeyRecord>();

  add(key: NewKey): "added" | "taken" {
    if (this.#keys.has(key.name)) return "taken";
    this.#keys.set(key.name, { ...key, scopes: [...key.scopes], revokedAt: undefined });
    return "added";
  }

  all(): readonly KeyRecord[] {
    return [...this.#keys.values()];
  }

  byHash(hash: string): KeyRecord | undefined {
    return this.all().find((key) => key.hash === hash);
  }

  revoke(name: string, at: Milliseconds): boolean {
    const key = this.#keys.get(name);
    if (key === undefined || key.revokedAt !== undefined) return false;
    this.#keys.set(name, { ...key, revokedAt: at });
    return true;
  }
}
