/** Tells links, followed or not, with their evidence, and joins that are not followed. */
import { linkKey } from "../../identity/identifier.ts";
import type { DecisionId, Node, ProfileId } from "../../identity/types.ts";
import { linkRank, type LinkRecord, type UnfollowedEdge } from "../store.ts";
import type { Decisions } from "./decisions.ts";
import type { History } from "./history.ts";
import type { Identities, StoredLink } from "./identities.ts";
import { inOrder, type StoredIdentifier } from "./profile.ts";

export class Links {
  readonly #identities: Identities;
  readonly #history: History;
  readonly #decisions: Decisions;

  constructor(identities: Identities, history: History, decisions: Decisions) {
    this.#identities = identities;
    this.#history = history;
    this.#decisions = decisions;
  }

  ranked(id: ProfileId, limit: number): LinkRecord[] {
    return this.#ofProfile(id)
      .slice(0, limit)
      .map((link) => this.record(link));
  }

  unfollowedLinks(id: ProfileId, limit: number): UnfollowedEdge[] {
    return this.#ofProfile(id)
      .flatMap((link) => this.#unfollowed(link, undefined))
      .slice(0, limit);
  }

  unfollowedJoins(id: ProfileId, limit: number): UnfollowedEdge[] {
    const ids = new Set(this.#members(id).map(({ node }) => node.id));
    return this.#decisions
      .all()
      .filter(({ kind, a, b }) => kind === "join" && (ids.has(a.id) || ids.has(b.id)))
      .flatMap((join) => this.#unfollowed(join, join.id))
      .slice(0, limit);
  }

  of(pairs: readonly (readonly [ProfileId, ProfileId])[]): LinkRecord[] {
    return pairs
      .flatMap(
        ([left, right]) => this.#identities.links.get(linkKey({ id: left }, { id: right })) ?? [],
      )
      .map((link) => this.record(link));
  }

  record(link: StoredLink): LinkRecord {
    return {
      ...link,
      ...this.#history.evidence(link),
      profiles: this.#profilesOf(link.a, link.b),
    };
  }

  #members(id: ProfileId): StoredIdentifier[] {
    const stored = this.#identities.identifiers.get(id);
    return stored === undefined ? [] : inOrder(stored.profile.members);
  }

  #ofProfile(id: ProfileId): StoredLink[] {
    return this.#identities
      .linksOf(this.#members(id))
      .toSorted((left, right) => linkRank(left.objection) - linkRank(right.objection));
  }

  /** None where it is followed, or was taken back. */
  #unfollowed(
    { a, b, objection }: Pick<StoredLink, "a" | "b" | "objection">,
    decision: DecisionId | undefined,
  ): UnfollowedEdge[] {
    if (objection === undefined) return [];
    return [{ a, b, objection, profiles: this.#profilesOf(a, b), decision }];
  }

  #profilesOf(a: Node, b: Node): readonly [ProfileId, ProfileId] {
    const canonical = ({ id }: Node) =>
      this.#identities.identifiers.get(id)!.profile.founder.node.id;
    return [canonical(a), canonical(b)];
  }
}
