/** Numbers 0, 1, 2 … found by the keys of 32 well-mixed bits under which they came: 12 to 24 bytes each, in memory. */
export class KeyTable {
  #size = 0;
  /** By number. */
  #keys = new Uint32Array(64);
  /** By the last bits of a key: 1 more than the newest number of a chain; 0 where there is none. */
  #newest = new Uint32Array(64);
  /** By number: 1 more than the one that came before it in its chain; 0 where it was the first. */
  #before = new Uint32Array(64);

  /** How many numbers there are: the next one. */
  get size(): number {
    return this.#size;
  }

  /** The next numbers, each under its key. */
  add(keys: Uint32Array): void {
    this.#reserve(this.#size + keys.length);
    this.#keys.set(keys, this.#size);
    this.#size += keys.length;
    this.#chain(this.#size - keys.length);
  }

  /** The numbers under a key, rising. */
  find(key: number): number[] {
    const found: number[] = [];
    for (let at = this.#newest[this.#chainOf(key)] as number; at > 0; at = this.#before[at - 1] as number) if (this.#keys[at - 1] === key) found.push(at - 1);
    return found.reverse();
  }

  /** Chains the numbers from `begin` on. */
  #chain(begin: number): void {
    for (let number = begin; number < this.#size; number++) {
      const chain = this.#chainOf(this.#keys[number] as number);
      this.#before[number] = this.#newest[chain] as number;
      this.#newest[chain] = number + 1;
    }
  }

  #chainOf(key: number): number {
    return key & (this.#newest.length - 1);
  }

  #reserve(count: number): void {
    if (count <= this.#keys.length) return;
    const length = 2 ** Math.ceil(Math.log2(count));
    const keys = new Uint32Array(length);
    keys.set(this.#keys);
    [this.#keys, this.#newest, this.#before] = [keys, new Uint32Array(length), new Uint32Array(length)];
    this.#chain(0);
  }
}
