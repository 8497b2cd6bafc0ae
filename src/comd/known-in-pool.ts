/**
 * What a run's pool knows already, for telling whether a new instruction is new. Within an image it is looked up when the image is
 * first asked about, so that its cost does not grow with the pool. Among all instructions, repeats take 16 to 32 bytes of memory a
 * record; likenesses need every distinct wording and where each word occurs, about a kilobyte a wording, and time that grows with
 * how often the words of a candidate occur: turn `rougeLimit` off (1) where such a pool is large.
 */
import type { Pool } from '../pools/pool';
import { words } from '../text/words';
import { type FilterSettings, type DropReason, noveltyFault, type Scope } from './filters';
import { WordingHashes } from './wording-hashes';
import { Wordings } from './wordings';

/** Images whose instructions are kept at hand; those of a batch are fewer. */
const imagesAtHand = 1024;
/** The one scope where all instructions are compared with each other. */
const all = '';

export class KnownInPool {
  readonly #pool: Pool;
  readonly #iteration: number;
  readonly #settings: FilterSettings;
  /** By image, the one longest not asked about first; or all instructions as one scope. */
  readonly #scopes = new Map<string, Scope>();

  /** Of what the growth of an iteration knows. */
  constructor(pool: Pool, iteration: number, settings: FilterSettings) {
    this.#pool = pool;
    this.#iteration = iteration;
    this.#settings = settings;
  }

  /** Looks up what is known of these images. To be called before {@link KnownInPool.fault} is asked about them. */
  async recall(images: readonly string[]): Promise<void> {
    if (this.#settings.dedupe === 'global') {
      if (!this.#scopes.has(all)) this.#scopes.set(all, await this.#everything());
      return;
    }
    const asked = new Set(images);
    const fresh = await this.#of([...asked].filter((image) => !this.#scopes.has(image)));
    for (const image of asked) {
      const scope = this.#scopes.get(image) ?? fresh.get(image) as Scope;
      this.#scopes.delete(image);
      this.#scopes.set(image, scope);
    }
    for (const image of this.#scopes.keys()) {
      if (this.#scopes.size <= imagesAtHand) break;
      this.#scopes.delete(image);
    }
  }

  /** Adds an instruction that joins the pool. An image that is not at hand will be looked up with it. */
  add(image: string, instruction: string): void {
    this.#scopes.get(this.#scope(image))?.add(words(instruction));
  }

  /** `duplicate` for the same words, `too similar` for a ROUGE-L F1 above the limit, null for a new instruction. */
  fault(image: string, instruction: string): DropReason | null {
    const scope = this.#scopes.get(this.#scope(image));
    if (scope === undefined) throw new Error(`What is known of image "${image}" has not been looked up.`);
    return noveltyFault(scope, instruction, this.#settings);
  }

  #scope(image: string): string {
    return this.#settings.dedupe === 'image' ? image : all;
  }

  async #of(images: readonly string[]): Promise<Map<string, Scope>> {
    const scopes = new Map(images.map((image) => [image, new Wordings()]));
    await this.#pool.ofImages(images, this.#iteration, ({ image, instruction }) => scopes.get(image)?.add(words(instruction)));
    return scopes;
  }

  async #everything(): Promise<Scope> {
    const scope = this.#settings.rougeLimit < 1 ? new Wordings() : new WordingHashes();
    for await (const { instruction } of this.#pool.knownTo(this.#iteration)) scope.add(words(instruction));
    return scope;
  }
}
