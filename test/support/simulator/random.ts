/**
 * Chance from a seed: one generator for the choices made here and for everything that faker invents, so that the same
 * seed gives the same bytes on every machine.
 */
import { en, Faker, generateMersenne53Randomizer } from "@faker-js/faker";

export class Random {
  readonly faker: Faker;
  readonly #next: () => number;

  constructor(seed: number) {
    const randomizer = generateMersenne53Randomizer(seed);
    this.faker = new Faker({ locale: en, randomizer });
    this.#next = () => randomizer.next();
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.between(0, items.length - 1)]!;
  }

  /** A sample of exactly `size` different items, in random order. */
  sample<Item>(items: readonly Item[], size: number): Item[] {
    return this.shuffle(items).slice(0, size);
  }

  /** Fisher and Yates. */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.between(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }

  letters(length: number): string {
    return this.faker.string.alphanumeric({ length });
  }

  capitals(length: number): string {
    return this.faker.string.alphanumeric({ length, casing: "upper" });
  }
}
