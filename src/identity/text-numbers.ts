/**
 * Numbers for texts, in the order in which the texts come: 0, 1, 2 and so on, as a union-find wants its nodes. A hash
 * table with open addressing on one typed array, which keeps the hash of a text beside its number: a look-up reads one
 * place of the table and, where the hash is the one sought, one text, while a `Map` follows a chain of entries and
 * reads a text at each. At a million texts that is half the time, and nothing for the collector to walk through.
 *
 * The text, never the hash, decides equality. Whoever chooses texts may choose ones that meet in the table, so texts
 * that strangers choose want a seed that no stranger knows; ids are made from secret seeds already.
 */

const ROOM_MIN = 16;
const FREE = -1;

export class TextNumbers {
  /** By number. */
  readonly #texts: string[] = [];
  /** In pairs: the number of a text, or `FREE`, and its hash. At most half of the pairs are taken. */
  #slots: Int32Array;
  readonly #seed: number;

  /** Makes room for `capacity` texts; more may come, the table grows by doubling. */
  constructor(capacity: number = 0, seed: number = 0) {
    this.#slots = emptySlots(2 ** Math.ceil(Math.log2(Math.max(ROOM_MIN, 2 * capacity))));
    this.#seed = seed;
  }

  /** How many texts there are. */
  get size(): number {
    return this.#texts.length;
  }

  /** The number of a text; one that has none gets the next, which is the `size` from before. */
  numberOf(text: string): number {
    const hash = hashOf(text, this.#seed);
    const slot = this.#slotOf(text, hash);
    const slots = this.#slots;
    if (slots[slot] !== FREE) return slots[slot]!;
    const number = this.#texts.length;
    this.#texts.push(text);
    slots[slot] = number;
    slots[slot + 1] = hash;
    // Two slots a text, and at least as many left free.
    if (4 * this.#texts.length >= slots.length) this.#grow();
    return number;
  }

  /** The number of a text that has one. */
  knownNumberOf(text: string): number {
    const number = this.#slots[this.#slotOf(text, hashOf(text, this.#seed))]!;
    if (number === FREE) throw new RangeError(`${text} has no number`);
    return number;
  }

  /** Where the text is, or where it would be put. */
  #slotOf(text: string, hash: number): number {
    const slots = this.#slots;
    const last = slots.length - 2;
    let slot = (hash << 1) & last;
    for (let number = slots[slot]!; number !== FREE; number = slots[slot]!) {
      if (slots[slot + 1] === hash && this.#texts[number] === text) break;
      slot = (slot + 2) & last;
    }
    return slot;
  }

  textOf(number: number): string {
    const text = this.#texts[number];
    if (text === undefined) throw new RangeError(`no text ${number} among ${this.size}`);
    return text;
  }

  #grow(): void {
    const former = this.#slots;
    const slots = emptySlots(former.length);
    const last = slots.length - 2;
    for (let from = 0; from < former.length; from += 2) {
      if (former[from] === FREE) continue;
      const hash = former[from + 1]!;
      let slot = (hash << 1) & last;
      while (slots[slot] !== FREE) slot = (slot + 2) & last;
      slots[slot] = former[from]!;
      slots[slot + 1] = hash;
    }
    this.#slots = slots;
  }
}

/** Room for so many pairs, a power of two. */
function emptySlots(pairs: number): Int32Array {
  return new Int32Array(2 * pairs).fill(FREE);
}

/** 32 bits; the steps and the last mixing are those of MurmurHash by Austin Appleby, taken unit by unit. */
function hashOf(text: string, seed: number): number {
  let hash = seed ^ text.length;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x5bd1e995);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
