/**
 * Lion's filters on new instructions (arXiv 2305.12870): what an augmentor writes is kept only if it reads like an
 * instruction of its own and is new. Each instruction has at most one reason to be dropped, the first that applies.
 */
import type { Settings } from '../settings';
import { words } from '../text/words';
import { Wordings } from './wordings';

export type DropReason =
  | 'mentions instruction'
  | 'too short'
  | 'too long'
  | 'leading punctuation'
  | 'leading non-ASCII'
  | 'duplicate'
  | 'too similar'
  | 'test item'
  | 'no answer'
  | 'unsure answer'
  | 'answered alike'
  | 'surplus';

export type FilterSettings = Pick<
  Settings, 'dropMentions' | 'leastWords' | 'lengthFactor' | 'dropPunctuation' | 'asciiStart' | 'dropRepeats' | 'rougeLimit' | 'dedupe'
>;

/** Why the wording itself rules `instruction` out, or null. `seed` is the instruction it was augmented from. */
export function wordingFault(instruction: string, seed: string, settings: FilterSettings): DropReason | null {
  const length = words(instruction).length;
  if (settings.dropMentions && /instruction/i.test(instruction)) return 'mentions instruction';
  if (length < Math.max(1, settings.leastWords)) return 'too short';
  if (settings.lengthFactor > 0 && length > settings.lengthFactor * words(seed).length) return 'too long';
  if (settings.dropPunctuation && /^[\p{P}\p{S}]/u.test(instruction) && isAscii(instruction)) return 'leading punctuation';
  if (settings.asciiStart && !isAscii(instruction)) return 'leading non-ASCII';
  return null;
}

const isAscii = (text: string): boolean => (text.codePointAt(0) ?? 0) < 128;

/** Known instructions that a new one is compared with. */
export interface Scope {
  add(words: readonly string[]): void;
  has(words: readonly string[]): boolean;
  hasAlike(words: readonly string[], limit: number): boolean;
}

/** `duplicate` for the same words, `too similar` for a ROUGE-L F1 above the limit, null for a new instruction. */
export function noveltyFault(known: Scope, instruction: string, { dropRepeats, rougeLimit }: FilterSettings): DropReason | null {
  const tokens = words(instruction);
  if (dropRepeats && known.has(tokens)) return 'duplicate';
  return rougeLimit < 1 && known.hasAlike(tokens, rougeLimit) ? 'too similar' : null;
}

/** A few instructions in memory, by image, for telling whether another one is new among them. */
export class KnownInstructions {
  readonly #byImage = new Map<string, Wordings>();
  readonly #settings: FilterSettings;

  constructor(settings: FilterSettings) {
    this.#settings = settings;
  }

  add(image: string, instruction: string): void {
    const scope = this.#scope(image);
    const known = this.#byImage.get(scope) ?? new Wordings();
    known.add(words(instruction));
    this.#byImage.set(scope, known);
  }

  /** As {@link noveltyFault}. */
  fault(image: string, instruction: string): DropReason | null {
    const known = this.#byImage.get(this.#scope(image));
    return known ? noveltyFault(known, instruction, this.#settings) : null;
  }

  #scope(image: string): string {
    return this.#settings.dedupe === 'image' ? image : '';
  }
}
