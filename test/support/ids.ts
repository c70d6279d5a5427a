/** Ids and seeds for tests: fixed seeds, so that a failure repeats, and the real hash. */
import xxhash from "xxhash-wasm";
import { createIdScheme, type Hash64, type IdScheme, type Seeds } from "../../src/identity/ids.ts";

export const SEEDS: Seeds = [0x5e1f_5a3en, 0xc0ff_ee00n];

const hasher = await xxhash();

const hash64: Hash64 = (text, seed) => hasher.h64(text, seed);

export const ids: IdScheme = createIdScheme(hash64, SEEDS);
