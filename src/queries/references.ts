/** References: what people write for a person, a profile id or `namespace:value`, and whom it stands for. */
import { findIdentifier } from "../addressing.ts";
import { normaliseIdentifier } from "../extract/normalise.ts";
import { isProfileId, type IdScheme } from "../identity/ids.ts";
import type { Node, ProfileId } from "../identity/types.ts";
import type { Store } from "../store/store.ts";

export interface References {
  /** The provisional id it stands for, which need not be known; undefined where it stands for none. */
  find(reference: string): Promise<ProfileId | undefined>;
  /** The known identifier it stands for. */
  node(reference: string): Promise<Node | undefined>;
}

export function createReferences(
  store: Store,
  ids: IdScheme,
  limits: { readonly identifierBytesMax: number },
): References {
  const { identifierBytesMax } = limits;
  const find = async (reference: string): Promise<ProfileId | undefined> => {
    if (isProfileId(reference)) return reference;
    const colon = reference.indexOf(":");
    if (colon <= 0) return undefined;
    const namespace = reference.slice(0, colon);
    const value = reference.slice(colon + 1);
    // As on ingress, so that an address is found however it is written.
    const normalised = normaliseIdentifier(namespace, value, () => undefined, {
      identifierBytesMax,
    });
    return "identifier" in normalised
      ? findIdentifier(store, ids, normalised.identifier)
      : undefined;
  };
  return {
    find,
    node: async (reference) => {
      const id = await find(reference);
      const identifier = id === undefined ? undefined : await store.identifier(id);
      return id === undefined || identifier === undefined ? undefined : { id, identifier };
    },
  };
}
