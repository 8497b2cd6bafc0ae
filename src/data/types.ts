/**
 * What flows through the house: images, captioned pairs, instruction records and test items. Types only.
 */
import type { SoftTarget } from '../../workers/protocol';

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
  /** What the teacher would have said at each place of its answer; only where soft targets are asked for. */
  soft?: SoftTarget;
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

/** Where pairs, records, test items and the images they name come from. Each list has fewer than `count` where there are no more. */
export interface DataSet {
  name: string;
  /** Captioned pairs for stage 1, before the pair filter. */
  pairs(count: number, seed: number): Promise<Pair[]>;
  /** All instruction records, one by one, in an order drawn by seed; there may be no end to them. */
  records(seed: number): AsyncIterable<InstructionRecord>;
  /** Held-out items like those that are learned from. Same items for every seed. */
  test(count: number): Promise<TestItem[]>;
  /** Held-out items of another style or domain. Same items for every seed. */
  heldOutStyle(count: number): Promise<TestItem[]>;
  /** Images that no record is about, in an order drawn by seed. Undefined where every image has its questions. */
  unasked?(count: number, seed: number): Promise<string[]>;
  /** Whether it holds out what is asked beyond the items that it gives as tests, so that it may not enter a pool. */
  forbids?(asked: Pick<InstructionRecord, 'image' | 'instruction'>): boolean;
  /** The name of an image that records may be about. */
  drawImage(random: () => number): Promise<string>;
  /** Whether it has an image of that name. */
  has(image: string): Promise<boolean>;
  /** The true answer to an instruction about an image where the data set can tell it; null where it cannot. Never shown to a model that is judged by it. */
  truth(image: string, instruction: string): string | null;
  /** The kind of question that an instruction about an image is, as its test items name kinds; null where it is none that the data set knows. */
  kind?(image: string, instruction: string): string | null;
  /** A copy of its own for each caller, who may transfer it. Throws `data/missing-image` for a name it does not have. */
  pixels(image: string): Promise<Pixels>;
}
