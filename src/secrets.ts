/** What of a request must not lie in a database that analysts read, told by the names of headers and parameters. */

const SECRET_NAME = /auth|cookie|token|secret|sig|hmac|key|pass|session|credential|jwt/i;
// A name like a secret's that is none, and tells events apart.
const NO_SECRET = "idempotency-key";

const NONE: ReadonlySet<string> = new Set();

/** The entries whose names neither look like a secret's, unless somebody needs to read them, nor are credentials. */
export function secretless(
  entries: Iterable<[string, string]>,
  credentials: ReadonlySet<string> = NONE,
  needed: ReadonlySet<string> = NONE,
): [string, string][] {
  return [...entries].filter(([name]) => {
    const plain = name.toLowerCase();
    if (credentials.has(plain)) return false;
    return needed.has(name) || plain === NO_SECRET || !SECRET_NAME.test(plain);
  });
}
