/**
 * What the threads say to each other: the whole wire protocol in one typed file. No behaviour.
 *
 * page ──Conductor──▶ conductor ──ModelWorker──▶ student, teacher
 *     ├──Library────▶ library
 *     ├──ModelWorker▶ the model that is asked on the models screen
 *     ├──SpeedThread▶ one measurement of the speed screen
 *     ├──DataLibrary▶ own data (`data-protocol.ts`)
 *     └──Laboratory─▶ laboratory ──ModelWorker──▶ student, teacher
 *
 * Everything crosses by comlink. Errors cross whole (`transfer.ts`); pixels and tensors are transferred, not copied.
 */
import type { Case, Row as SpeedRow } from '../src/bench/row';
import type { Role, RunEvent, RunState } from '../src/comd/events';
import type { Report } from '../src/comd/report';
import type { Pixels } from '../src/data/types';
import type { PresetName } from '../src/presets';
import type { Scheme, Settings } from '../src/settings';

/** Where a checkpoint, or an adapter, is to be had. */
export type ModelPlace =
  /** A folder in the hub's layout or on any static host, or one GGUF file. */
  | { kind: 'url'; url: string }
  /** In the library, by id. */
  | { kind: 'kept'; id: string }
  /** Files of one folder on this machine, as a picker or a drop gave them; they are read slice by slice, never whole. */
  | { kind: 'files'; name: string; files: File[] };

export interface LoadOptions {
  backend: Settings['backend'];
  /** How frozen matrices are kept on the device. Anything but `f32` can be trained only through an adapter. */
  weights: Scheme;
  /** A LoRA adapter in PEFT's format that is laid over the model. */
  adapter?: ModelPlace;
  /** Models that share this machine's processors; 1 by default. */
  models?: number;
}

/** A model on a device of its own. It answers calls and knows no method. */
export interface ModelWorker {
  /**
   * Opens the device and loads a checkpoint in place of the one held. Throws `device/no-adapter`, `checkpoint/*`;
   * nothing is held then.
   */
  load(place: ModelPlace, options: LoadOptions, onShard: (file: string, loaded: number, total: number) => void): Promise<ModelInfo>;
  /** Of these image names, those whose vision features are not held yet. */
  missing(images: string[]): Promise<string[]>;
  /** Preprocesses the images, runs the frozen vision tower over them once and keeps the features by name. */
  see(images: { name: string; pixels: Pixels }[]): Promise<void>;
  /** Lets go of the features of images that will not be shown again. */
  forget(images: string[]): Promise<void>;
  /** Of the images `among`, the one that looks most like the image `to`, for each wish; all of them must have been seen. */
  mostAlike(wishes: AlikeWish[]): Promise<string[]>;
  /** Decodes one continuation per request, in order, many at once. Greedy at temperature 0. */
  generate(requests: GenerateRequest[], options: GenerateOptions): Promise<Generation[]>;
  /** Decodes one continuation and tells the text so far after every token. */
  answer(request: GenerateRequest, options: GenerateOptions, onText: (text: string, tokens: number) => void): Promise<Generation>;
  /** The ids that the request's prompt becomes, image placeholders expanded, and the scores of the token after it. */
  logits(request: GenerateRequest): Promise<PromptLogits>;
  /** Starts a fresh optimizer over the named parts; replaces one that was open. */
  beginTraining(options: TrainingOptions): Promise<void>;
  /** One optimizer step. `rate` is the learning rate of this step. Throws `run/diverged` on a loss that is not finite. */
  step(batch: TrainingExample[], rate: number): Promise<StepResult>;
  /** Mean loss over the target tokens of a batch, no update. */
  loss(batch: TrainingExample[]): Promise<StepResult>;
  /**
   * What it would have said in the place of each token of the targets, its k likeliest tokens at each; one soft target per
   * example, in order. The images must have been seen.
   */
  scoreTargets(examples: TrainingExample[], k: number): Promise<SoftTarget[]>;
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
  /** `model_type` of its configuration. */
  family: string;
  parameters: number;
  /** Bytes on the device once it is loaded. */
  bytes: number;
  /** Of its tokenizer's vocabulary and merges: the same for models that read text alike, and null for a bare vision tower. */
  tokenizer: string | null;
  /** Whether it can be asked about images, and whether it can be asked at all (a bare vision tower cannot). */
  sees: boolean;
  speaks: boolean;
  backend: 'webgpu' | 'wasm';
  /** Adapter or CPU in words, and why this backend was chosen. */
  adapter: string;
  why: string;
}

/** Names of an image, and of those that it is to be likened to. */
export interface AlikeWish {
  to: string;
  /** At least one. */
  among: string[];
}
export interface GenerateRequest {
  /** Names the request's random draws: same seed and key, same continuation. */
  key: string;
  /** Names of the images that the turn shows, in order; often one, and none for a question about no image. */
  images: string[];
  /** The user's turn, without image placeholders; the checkpoint's chat template is put around it. */
  prompt: string;
}
export interface PromptLogits {
  inputIds: number[];
  /** `[vocabulary]` */
  lastLogits: Float32Array<ArrayBuffer>;
}
export interface GenerateOptions {
  /** Greedy at 0. */
  temperature: number;
  /** Tokens are drawn among so many of the likeliest; all by default. */
  topK?: number;
  /** Tokens are drawn among the likeliest that make up this share together; all by default. */
  topP?: number;
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
  images: string[];
  /** Null for stage 1: image and caption in the `plain` template; else the user's turn in the chat template. */
  prompt: string | null;
  /** What the loss is taken on, with the end token. */
  target: string;
  /** What a teacher would have said in the target's place; it counts where {@link TrainingOptions.soft} says so. */
  soft?: SoftTarget;
}
/** A model's likeliest tokens in the place of each token of a target, given the prompt and the target's tokens before it. */
export interface SoftTarget {
  /** The target's own tokens as the model reads them, the end token included. */
  tokens: Int32Array<ArrayBuffer>;
  /** Tokens that are kept for each place. */
  k: number;
  /** `[tokens, k]`, the likeliest first. */
  ids: Int32Array<ArrayBuffer>;
  /** `[tokens, k]`, log-probabilities among the whole vocabulary, at temperature 1. */
  logProbs: Float32Array<ArrayBuffer>;
}
export interface TrainingOptions {
  /** `connector` for stage 1; `connector` and `decoder`, or `connector` and `adapter`, for stage 2. */
  parts: ('connector' | 'decoder' | 'adapter')[];
  /** The adapter that `adapter` trains; laid over the model unless it has one. */
  lora?: LoraOptions;
  weightDecay: number;
  /** Global gradient norm is clipped to this; 0 turns it off. */
  clipNorm: number;
  /** Examples that go through the model at once; the gradients of a batch are added up. All by default. */
  atOnce?: number;
  /** Whether layers are computed again for their gradient instead of being remembered; by default where weights are packed. */
  recompute?: boolean;
  /** What the gradient needs of the forward pass is remembered in 16 bits instead of 32. */
  halves?: boolean;
  /** Whether examples' soft targets count in the loss. One that the student reads as other tokens is refused then: `step` throws `settings/invalid`. */
  soft?: SoftTargetOptions;
}
/** The loss is cross-entropy + weight·T²·KL(teacher ‖ student), both at temperature T; see `src/ops/soft-targets`. */
export interface SoftTargetOptions {
  /** 0 is plain training. */
  weight: number;
  /** Above 0. */
  temperature: number;
}
/** Low-rank adaptation (Hu et al., arXiv 2106.09685): `W + (alpha / rank)·B·A`. */
export interface LoraOptions {
  rank: number;
  alpha: number;
  /** Last parts of the names of the decoder's linear layers, as `q_proj`. */
  targets: string[];
}
export interface StepResult {
  /** Mean over the targets, with what soft targets add to it. */
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
   * Adds the records of a file to the pools of the paused run, and returns how many; they join from the iteration
   * after the one under way. Throws `run/busy` (not paused, or in its last iteration), `data/unreadable`, `data/malformed-record`,
   * `data/missing-image`, `pools/test-item`, `pools/quota`; nothing is then added.
   */
  importPool(file: File): Promise<number>;
  /** What the run leaves, as one zip: report.json, report.html, student/, pools/ with the images they name. */
  download(): Promise<Blob>;
  report(): Promise<Report | null>;
  /**
   * A user's turn about one image as the model that plays `role` would be asked it: within its checkpoint's chat template.
   * Reads the checkpoint's small files and no weights. Throws `checkpoint/*`.
   */
  chatPrompt(preset: PresetName, settings: Settings, role: Role, turn: string): Promise<string>;
  /** The image of a record, to show on a card. */
  pixels(image: string): Promise<Pixels>;
}

/** The models that are kept on this machine, in the origin's private file system. */
export interface Library {
  /** What is kept, newest first. */
  list(): Promise<KeptModel[]>;
  /** Downloads that broke off and that nobody is working on: `keep` goes on with them, `remove` deletes them. Bytes on disk, and of all. */
  unfinished(): Promise<{ id: string; name: string; source: string; bytes: number; of: number }[]>;
  /** Bytes that this origin uses and may use, and whether the browser has promised not to clear them. */
  room(): Promise<{ used: number; quota: number; persisted: boolean }>;
  /**
   * Copies a checkpoint into the store, three files at once, each hashed on its way in; the record that makes it a
   * kept model is written last. A download of the same address that broke off goes on from where it was.
   * Throws `checkpoint/*`; after `checkpoint/cancelled` and after a failed check nothing of it is left.
   */
  keep(place: ModelPlace, onProgress: (progress: KeepProgress) => void): Promise<KeptModel>;
  /** Ends the `keep` or `compose` that is under way. */
  cancel(): Promise<void>;
  /** Reads a kept model whole and compares its hashes. Throws `checkpoint/corrupt` naming the file. */
  verify(id: string, onProgress: (progress: KeepProgress) => void): Promise<void>;
  remove(id: string): Promise<void>;
  /** Joins a vision tower and a decoder by a fresh connector into a LLaVA checkpoint, and keeps it. */
  compose(parts: Composition, onProgress: (progress: KeepProgress) => void): Promise<KeptModel>;
  /** A kept model as one zip file, for download. */
  archive(id: string): Promise<File>;
}

export interface KeptModel {
  id: string;
  name: string;
  /** Where it came from, in words: an address, `the folder "…"`, or what it was composed of. */
  source: string;
  /** `model_type` of its configuration. */
  family: string;
  bytes: number;
  files: { file: string; bytes: number; sha256: string }[];
  /** ISO time. */
  kept: string;
}

export interface KeepProgress {
  /** The file that has just moved, and how far it is. */
  file: string;
  loaded: number;
  total: number;
  /** Of all files together, in bytes; `of` is 0 while it is not known. */
  done: number;
  of: number;
}

export interface Composition {
  tower: ModelPlace;
  decoder: ModelPlace;
  /** One linear layer, or two with a GELU between them as in LLaVA 1.5. `transformers` loads only the latter. */
  connector: 'linear' | 'mlp';
  name: string;
  /** Of the connector's random weights. */
  seed: number;
}

export interface RunSummary {
  id: string;
  preset: PresetName;
  settings: Settings;
  /** ISO time. */
  started: string;
}

/** A thread of the speed screen: it does one thing on a device that nothing else has used, and is then ended. */
export interface SpeedThread {
  /** The adapter that WebGPU offers here; null where it offers none. */
  adapter(): Promise<SpeedAdapter | null>;
  /** Floating point operations a second of a large matrix product, and what they were done on, in words. */
  product(of: SpeedCase): Promise<{ rate: number; device: string }>;
  /**
   * Throws where what comes out makes no sense.
   * @param matmulPeak the rate of {@link SpeedThread.product}
   * @param steps that count; as many as the device is worth waiting for when undefined
   */
  measure(of: SpeedCase, matmulPeak: number, steps: number | undefined): Promise<SpeedRow>;
}

export interface SpeedAdapter {
  /** In words. */
  name: string;
  /** Whether it is the CPU in disguise. */
  software: boolean;
}

/** One work on one backend, by one of the implementations that the page brings along. */
export type SpeedCase = Case & { implementation: 'ours' | 'stock' };
export type { SpeedRow };
export type { Failure as SpeedFailure } from '../src/bench/row';
/** The owner of the experiments; it stands beside the data that it tells. */
export type { Laboratory } from '../src/experiments/laboratory-protocol';
