/**
 * What the threads say to each other: the whole wire protocol in one typed file. No behaviour.
 *
 * page ──Conductor──▶ conductor ──ModelWorker──▶ student, teacher
 *
 * Everything crosses by comlink. Errors cross whole (`transfer.ts`); pixels and tensors are transferred, not copied.
 */
import type { RunEvent, RunState } from '../src/comd/events';
import type { Report } from '../src/comd/report';
import type { Pixels } from '../src/data/types';
import type { PresetName, Settings } from '../src/settings';

/** A model on a device of its own. It answers calls and knows no method. */
export interface ModelWorker {
  /**
   * Opens the device and loads the checkpoint folder at `url` (Hugging Face layout, no trailing slash).
   * Throws `device/no-adapter`, `checkpoint/*`.
   */
  load(url: string, backend: Settings['backend'], onShard: (file: string, loaded: number, total: number) => void): Promise<ModelInfo>;
  /** Of these image names, those whose vision features are not held yet. */
  missing(images: string[]): Promise<string[]>;
  /** Preprocesses the images, runs the frozen vision tower over them once and keeps the features by name. */
  see(images: { name: string; pixels: Pixels }[]): Promise<void>;
  /** Decodes one continuation per request, in order, many at once. Greedy at temperature 0. */
  generate(requests: GenerateRequest[], options: GenerateOptions): Promise<Generation[]>;
  /** Starts a fresh optimizer over the named parts; replaces one that was open. */
  beginTraining(options: TrainingOptions): Promise<void>;
  /** One optimizer step. `rate` is the learning rate of this step. Throws `run/diverged` on a loss that is not finite. */
  step(batch: TrainingExample[], rate: number): Promise<StepResult>;
  /** Mean loss over the target tokens of a batch, no update. */
  loss(batch: TrainingExample[]): Promise<StepResult>;
  /** Trainable tensors (and moments while training) as one buffer; `restore` brings them back to the bit. */
  snapshot(): Promise<Uint8Array<ArrayBuffer>>;
  restore(snapshot: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The model as a Hugging Face checkpoint: file name to bytes. */
  save(): Promise<Map<string, Uint8Array<ArrayBuffer>>>;
  memory(): Promise<{ tensors: number; bytes: number }>;
  dispose(): Promise<void>;
}

export interface ModelInfo {
  name: string;
  parameters: number;
  backend: 'webgpu' | 'wasm';
  /** Adapter or CPU in words, and why this backend was chosen. */
  adapter: string;
  why: string;
}

export interface GenerateRequest {
  /** Names the request's random draws: same seed and key, same continuation. */
  key: string;
  image: string;
  /** The user's turn, without the image placeholder; the checkpoint's chat template is put around it. */
  prompt: string;
}
export interface GenerateOptions {
  temperature: number;
  maxNewTokens: number;
  seed: number;
}
export interface Generation {
  /** Decoded text without special tokens, trimmed. */
  text: string;
  /** How many tokens were decoded, the end token included. */
  tokens: number;
}

export interface TrainingExample {
  image: string;
  /** Null for stage 1: image and caption in the `plain` template; else the user's turn in the chat template. */
  prompt: string | null;
  /** What the loss is taken on, with the end token. */
  target: string;
}
export interface TrainingOptions {
  /** `connector` for stage 1, `connector` and `decoder` for stage 2. */
  parts: ('connector' | 'decoder')[];
  weightDecay: number;
  /** Global gradient norm is clipped to this; 0 turns it off. */
  clipNorm: number;
}
export interface StepResult {
  loss: number;
  /** Tokens that the loss was taken on. */
  targets: number;
  /** All tokens that went through the decoder. */
  tokens: number;
}

/** The owner of the run. */
export interface Conductor {
  /** Calls back with every event from now on, after replaying what a new listener needs to draw the present. */
  listen(callback: (event: RunEvent) => void): Promise<void>;
  state(): Promise<{ state: RunState; run: RunSummary | null }>;
  /** Starts a fresh run; one that was stored and not finished must be discarded first (`run/busy`). */
  start(preset: PresetName, settings: Settings): Promise<void>;
  /** Stops at the next item border; `resume` goes on, also after a reload of the page. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the run for good; what it has stored stays readable until `discard`. */
  stop(): Promise<void>;
  discard(): Promise<void>;
  /**
   * Adds the records of a LLaVA file to the pools of the paused run, and returns how many; they join from the iteration
   * after the one under way. Throws `run/busy` (not paused, or in its last iteration), `data/malformed-record`,
   * `data/missing-image`, `pools/test-item`, `pools/quota`; nothing is then added.
   */
  importPool(file: string, text: string): Promise<number>;
  /** What the run leaves, as one zip: report.json, report.html, student/, pools/ with the images they name. */
  download(): Promise<Uint8Array<ArrayBuffer>>;
  report(): Promise<Report | null>;
  /** The image of a record, to show on a card. */
  pixels(image: string): Promise<Pixels>;
}

export interface RunSummary {
  id: string;
  preset: PresetName;
  settings: Settings;
  /** ISO time. */
  started: string;
}
