/**
 * Keeps test items out of the pools: a set of what may not enter, by the content of image and instruction.
 */
import { ComdError } from '../errors';
import { hash } from '../random';
import { words } from '../text/words';

interface Asked {
  image: string;
  instruction: string;
}

/**
 * 64 bits over the image's name and the instruction's words, so that case and punctuation do not hide a test item. Data sets name
 * images by what they show (a scene, or the SHA-256 of the file), so that a copy under another name does not hide one either.
 */
export function contentHash({ image, instruction }: Asked): string {
  const text = words(instruction).join(' ');
  return [hash('content', image, text), hash(text, image, 'content')].map((half) => half.toString(16).padStart(8, '0')).join('');
}

export class TestItems {
  readonly #hashes: ReadonlySet<string>;
  readonly #forbids: (asked: Asked) => boolean;

  /** `forbids` tells of what a data set holds out beyond `items`: too much of it may be held out to be listed. */
  constructor(items: readonly Asked[], forbids: (asked: Asked) => boolean = () => false) {
    this.#hashes = new Set(items.map(contentHash));
    this.#forbids = forbids;
  }

  has(asked: Asked): boolean {
    return this.#hashes.has(contentHash(asked)) || this.#forbids(asked);
  }

  /** Throws `pools/test-item` naming the first of `records` that is a test item. */
  refuse(records: readonly (Asked & { id: string })[]): void {
    const leaked = records.find((record) => this.has(record));
    if (!leaked) return;
    throw new ComdError(
      'pools/test-item',
      `Record "${leaked.id}" asks "${leaked.instruction}" about image "${leaked.image}", which is a test item.`,
      'Take it out of the pool file or the data set: a student tuned on its test has no measured accuracy.',
    );
  }
}
