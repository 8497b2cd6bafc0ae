/**
 * The student as the cycle sees it: a model that stands at a named point of its training and can be brought back to
 * it. Snapshots lie in the checkpoint store; which of them counts is the ledger's to say.
 */
import type { LoraOptions, ModelWorker, SoftTargetOptions, TrainingOptions } from '../../workers/protocol';
import { ComdError } from '../errors';
import type { Settings } from '../settings';

/** Bytes by key, kept on disk; `remove` forgets every key that begins with `prefix`. */
export interface ByteStore {
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  remove(prefix: string): Promise<void>;
}

/** A point of the training that later phases begin at: the end of stage 1, or of an iteration's tuning. */
export type Milestone = 'aligned' | `tuned-${number}`;

/** What stage 2 trains: connector and decoder, or with a rank for it an adapter in the decoder's stead. */
export function tunedParts({ loraRank }: Pick<Settings, 'loraRank'>): TrainingOptions['parts'] {
  return ['connector', loraRank > 0 ? 'adapter' : 'decoder'];
}

function loraOf({ loraRank, loraAlpha, loraTargets }: Settings): LoraOptions | undefined {
  return loraRank === 0 ? undefined : { rank: loraRank, alpha: loraAlpha, targets: loraTargets.split(/[\s,]+/).filter((target) => target !== '') };
}

/** In stage 1 no example has a soft target, so that this is of no account there. */
function softOf({ softWeight, softTemperature }: Settings): SoftTargetOptions | undefined {
  return softWeight === 0 ? undefined : { weight: softWeight, temperature: softTemperature };
}

/** LLaVA trains without weight decay; gradients are clipped to norm 1. */
const optimizer = { weightDecay: 0, clipNorm: 1 };

/** How much memory a step may take. */
function memoryOf({ recordsAtOnce, recompute, activations }: Settings): Pick<TrainingOptions, 'atOnce' | 'recompute' | 'halves'> {
  return {
    ...recordsAtOnce > 0 && { atOnce: recordsAtOnce }, ...recompute !== 'auto' && { recompute: recompute === 'on' }, ...activations === 'f16' && { halves: true },
  };
}

export class Student {
  readonly model: ModelWorker;
  readonly #store: ByteStore;
  readonly #run: string;
  readonly #tuned: TrainingOptions['parts'];
  readonly #lora: LoraOptions | undefined;
  readonly #soft: SoftTargetOptions | undefined;
  readonly #memory: ReturnType<typeof memoryOf>;
  #at: Milestone | null = null;

  constructor(model: ModelWorker, store: ByteStore, run: string, settings: Settings) {
    this.model = model;
    this.#tuned = tunedParts(settings);
    this.#lora = loraOf(settings);
    this.#soft = softOf(settings);
    this.#memory = memoryOf(settings);
    this.#store = store;
    this.#run = run;
  }

  /** Brings the student to `milestone`, if it does not stand there. */
  async become(milestone: Milestone): Promise<void> {
    if (this.#at === milestone) return;
    await this.#restore(placeOf(milestone));
    this.#at = milestone;
  }

  /** Keeps the student as it is now under `milestone`. */
  async reach(milestone: Milestone): Promise<void> {
    // A fresh optimizer over all that is tuned, so that every milestone holds the same tensors whatever was trained before it.
    await this.#begin(this.#tuned);
    await this.keep(placeOf(milestone));
    this.#at = milestone;
  }

  /** Begins to train `parts` with a fresh optimizer, or goes on from a snapshot taken while they were trained. */
  async train(parts: TrainingOptions['parts'], snapshot: string | null): Promise<void> {
    this.#at = null;
    await (snapshot === null ? this.#begin(parts) : this.#restore(snapshot));
  }

  /** Snapshots the student, and the moments of its training, under `name`. */
  async keep(name: string): Promise<void> {
    await this.#store.put(this.#keyOf(name), await this.model.snapshot());
  }

  /** Forgets every snapshot whose name begins with `prefix`. */
  async forget(prefix: string): Promise<void> {
    await this.#store.remove(this.#keyOf(prefix));
  }

  #begin(parts: TrainingOptions['parts']): Promise<void> {
    return this.model.beginTraining({ parts, lora: this.#lora, soft: this.#soft, ...optimizer, ...this.#memory });
  }

  async #restore(name: string): Promise<void> {
    const bytes = await this.#store.get(this.#keyOf(name));
    if (bytes) return this.model.restore(bytes);
    throw new ComdError(
      'checkpoint/missing-file',
      `The student's snapshot "${this.#keyOf(name)}" is gone.`,
      'The browser has cleared its storage: discard this run and start again.',
    );
  }

  #keyOf(name: string): string {
    return `${runFolder(this.#run)}${name}`;
  }
}

const placeOf = (milestone: Milestone): string => `${milestone}/student`;

/** Prefix of all that a run keeps in the checkpoint store. */
export const runFolder = (run: string): string => `runs/${run}/`;
