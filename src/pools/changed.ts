/** Blocks as a transaction will leave them: one may be changed more than once, by records that are replaced and by records that are added. */
import type { Rows } from './appending';
import type { BlockRow } from './rows';

export class Changed {
  readonly #stored: Rows['blocks'];
  readonly #changed = new Map<string, BlockRow>();

  constructor(stored: Rows['blocks']) {
    this.#stored = stored;
  }

  async get(key: [run: string, segment: number, place: number]): Promise<BlockRow | undefined> {
    return this.#changed.get(key.join('/')) ?? await this.#stored.get(key);
  }

  put(block: BlockRow): void {
    this.#changed.set([block.run, block.segment, block.place].join('/'), block);
  }

  /** Those to be stored. */
  blocks(): BlockRow[] {
    return [...this.#changed.values()];
  }
}
