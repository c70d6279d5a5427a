/** References: what people write for a person, a profile id or `namespace:value`, and whom it stands for. */
import { findIdentifier } from "../addressing.ts";
import { normaliseIdentifier } from "../extract/normalise.ts";
import { isProfileId, type IdScheme } from "../identity/ids.ts";
import type { Node, ProfileId } from "../identity/types.ts";
import type { Store } from "../store/store.ts";

/** The provisional id that something stands for, undefined where nobody has it; or why it can stand for nobody. */
export type ReadReference = { readonly id: ProfileId | undefined } | { readonly unusable: string };

export interface References {
  /** The provisional id it stands for, which need not be known; undefined where it stands for none. */
  find(reference: string): Promise<ProfileId | undefined>;
  /** The same, told apart from what is no reference. */
  read(reference: string): Promise<ReadReference>;
  /** The identifier that a value is in a namespace. */
  readValue(namespace: string, value: string): Promise<ReadReference>;
  /** The known identifier it stands for. */
  node(reference: string): Promise<Node | undefined>;
}

export function createReferences(
  store: Store,
  ids: IdScheme,
  limits: { readonly identifierBytesMax: number },
): References {
  const { identifierBytesMax } = limits;
  const readValue = async (namespace: string, value: string): Promise<ReadReference> => {
    // As on ingress, so that an address is found however it is written.
    const normalised = normaliseIdentifier(namespace, value, () => undefined, {
      identifierBytesMax,
    });
    return "identifier" in normalised
      ? { id: await findIdentifier(store, ids, normalised.identifier) }
      : normalised;
  };
  const read = async (reference: string): Promise<ReadReference> => {
    if (isProfileId(reference)) return { id: reference };
    const colon = reference.indexOf(":");
    if (colon <= 0) return { unusable: "expected a profile id or namespace:value" };
    return readValue(reference.slice(0, colon), reference.slice(colon + 1));
  };
  const find = async (reference: string): Promise<ProfileId | undefined> => {
    const found = await read(reference);
    return "id" in found ? found.id : undefined;
  };
  return {
    find,
    read,
    readValue,
    node: async (reference) => {
      const id = await find(reference);
      const identifier = id === undefined ? undefined : await store.identifier(id);
      return id === undefined || identifier === undefined ? undefined : { id, identifier };
    },
  };
}
