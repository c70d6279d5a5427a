/**
 * The identity rules of a cast in which people share what should tell them apart. An engine that keeps them never takes
 * two people for one, whatever the order in which anything comes:
 *
 * 1. Everybody has an account in the app, nobody another's, and one profile holds one account at most (`limit`).
 * 2. Whatever is ever named beside a mailbox or a recycled number, in a link that may be followed, is an account, or
 *    is tied to its person's account by a link of its own. The tie is verified and touches `user_id`, so that it comes
 *    before the link to what is shared (trust, then `priority`). By then the one or the other holds its account.
 * 3. An address that is named in the open form beside somebody else's ids is no link at all (`trust`). All other links
 *    are between ids of one person.
 *
 * So each profile that holds anything of a person and anything shared holds an account of that person, and a second
 * person's cannot be let in. A cast that keeps these three makes every wrong merge a fault of the engine or of the
 * rules. What is torn apart is torn by a rule: a claimed link, a generic mailbox, somebody's second account.
 */

/** Above what an address of one's own is linked with in any one namespace, and below a large shared mailbox. */
export const GENERIC_AFTER = 8;

export const IDENTITY_RULES = `
identity:
  namespaces:
    user_id: { limit: 1, priority: 1 }
    shopify: { limit: 1, priority: 2 }
    stripe: { limit: 1, priority: 2 }
    email: { trust: verified, genericAfter: ${GENERIC_AFTER}, priority: 3 }
    phone: { priority: 4 }
`;
