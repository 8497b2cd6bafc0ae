/**
 * What flows through the house: images, captioned pairs, instruction records and test items. Types only.
 */

/** An image as RGBA bytes, row by row from the top left: `data.length === width * height * 4`. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** An image with its caption, for stage 1. */
export interface Pair {
  id: string;
  /** Name of the image in its {@link DataSet}. */
  image: string;
  caption: string;
}

/** One instruction with the answer to be learned: a row of a pool. */
export interface InstructionRecord {
  /** Stable and unique within a run. */
  id: string;
  image: string;
  instruction: string;
  answer: string;
  /** Who wrote the answer: the data set itself, or the teacher. */
  source: 'dataset' | 'teacher';
  /** 0 for the first pool, else the iteration whose augmentation made it or during which it was imported. */
  iteration: number;
  /** The record it was augmented from. */
  seedId?: string;
}

/** A held-out question with its true answer. Only `evaluate` may look at `answer`; it never enters a pool. */
export interface TestItem {
  id: string;
  image: string;
  instruction: string;
  answer: string;
  /** Kind of question, for accuracy by kind. */
  type: string;
}

/** Where pairs, records, test items and the images they name come from. */
export interface DataSet {
  name: string;
  /** Captioned pairs for stage 1, before the pair filter. */
  pairs(count: number, seed: number): Pair[];
  /** The first instruction pool. */
  records(count: number, seed: number): InstructionRecord[];
  /** Held-out compositions in the learned styles. Same items for every seed. */
  test(count: number): TestItem[];
  /** Held-out compositions in the held-out style. Same items for every seed. */
  heldOutStyle(count: number): TestItem[];
  /** Whether it has an image of that name. */
  has(image: string): boolean;
  /** A copy of its own for each caller, who may transfer it. Throws `data/missing-image` for a name it does not have. */
  pixels(image: string): Promise<Pixels>;
}
