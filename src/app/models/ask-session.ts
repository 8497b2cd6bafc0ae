/**
 * The model that is asked: which one, how it is loaded, what it was shown and what it said. One thread a model, ended
 * with it. Its methods throw what the thread throws; who calls them shows it. It draws nothing.
 */
import { signal } from '@preact/signals';
import type {
  Generation, GenerateOptions, LoadOptions, ModelInfo, ModelPlace, ModelWorker, PromptLogits,
} from '../../../workers/protocol';
import type { Pixels } from '../../data/types';
import { ComdError } from '../../errors';
import { gather, nextFrame, type Schedule } from '../frames';
import type { Tell } from './events';
import { nowhere, type PlaceDraft } from './place';
import { withFile, type FileProgress } from './transfer';

export interface AskedModel extends Pick<ModelWorker, 'load' | 'missing' | 'see' | 'forget' | 'answer' | 'generate' | 'logits' | 'loss'> {
  /** Ends the thread; calls under way fail with `checkpoint/cancelled`. */
  close(): void;
}

export interface ShownImage {
  /** Unique on the screen: the model keeps what it has seen by name. */
  name: string;
  label: string;
  file: Blob;
  pixels: Pixels;
}

export interface Exchange {
  prompt: string;
  images: readonly ShownImage[];
  /** Name of the model that was asked. */
  model: string;
  text: string;
  tokens: number;
  seconds: number;
  state: 'looking' | 'answering' | 'answered' | 'stopped' | 'failed';
}

export type Question = { prompt: string } & GenerateOptions;
export type Answer = Generation & { seconds: number };

/** What stands in the fields. */
export interface LoadDraft {
  weights: LoadOptions['weights'];
  backend: LoadOptions['backend'];
  adapter: PlaceDraft;
}
export interface QuestionDraft {
  prompt: string;
  maxNewTokens: string;
  temperature: string;
  seed: string;
}

/** One key for all: the same question with the same seed gets the same answer, whenever it is asked. */
const KEY = 'ask';

export class AskSession {
  /** What Load will load. */
  readonly chosen = signal<{ place: ModelPlace; name: string } | null>(null);
  readonly loading = signal<LoadDraft>({ weights: 'f32', backend: 'auto', adapter: nowhere });
  readonly question = signal<QuestionDraft>({ prompt: '', maxNewTokens: '128', temperature: '0', seed: '1' });
  readonly state = signal<'empty' | 'loading' | 'ready' | 'answering'>('empty');
  readonly shards = signal<readonly FileProgress[]>([]);
  /** Of the model that is loaded. */
  readonly info = signal<ModelInfo | null>(null);
  /** What the next question shows. */
  readonly images = signal<readonly ShownImage[]>([]);
  /** Oldest first. */
  readonly exchanges = signal<readonly Exchange[]>([]);
  readonly #start: () => AskedModel;
  readonly #decode: (file: Blob, name: string) => Promise<Pixels>;
  readonly #tell: Tell;
  readonly #now: () => number;
  readonly #shards;
  readonly #texts;
  #model: AskedModel | null = null;
  #shown = 0;

  /** `start` starts a thread, `decode` makes pixels of a picture; `now` is a clock in milliseconds. */
  constructor(
    start: () => AskedModel, decode: (file: Blob, name: string) => Promise<Pixels>, tell: Tell,
    schedule: Schedule = nextFrame, now: () => number = () => performance.now(),
  ) {
    this.#start = start;
    this.#decode = decode;
    this.#tell = tell;
    this.#now = now;
    this.#shards = gather<FileProgress>((rows) => { this.shards.value = rows.reduce(withFile, this.shards.value); }, schedule);
    this.#texts = gather<Partial<Exchange>>((news) => news.forEach((change) => this.#rewrite(change)), schedule);
  }

  /** Loads a model in place of the one that is held. Throws `checkpoint/cancelled` when `close` comes before its end. */
  async open(place: ModelPlace, options: LoadOptions): Promise<ModelInfo> {
    this.close();
    const model = this.#start();
    this.#model = model;
    this.state.value = 'loading';
    try {
      const info = await model.load(place, options, (file, loaded, total) => {
        this.#tell({ type: 'shard', file, loaded, total });
        this.#shards.put({ file, loaded, total });
      });
      this.info.value = info;
      this.state.value = 'ready';
      return info;
    } catch (error) {
      // Another may have been opened meanwhile; it is left alone.
      if (this.#model === model) this.close();
      throw error;
    }
  }

  /** Ends the thread, whatever it does: cancels loading, stops an answer, gives the memory back. */
  close(): void {
    this.#model?.close();
    this.#model = null;
    this.#shards.clear();
    this.shards.value = [];
    this.info.value = null;
    this.state.value = 'empty';
  }

  /** Decodes pictures and shows them with the next question. Throws `data/undecodable-image`; those before it stay. */
  async addImages(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      const pixels = await this.#decode(file, file.name);
      this.images.value = [...this.images.value, { name: `${++this.#shown} ${file.name}`, label: file.name, file, pixels }];
    }
  }

  removeImage(name: string): void {
    this.images.value = this.images.value.filter((image) => image.name !== name);
  }

  /** Asks about the images that are shown. */
  async ask({ prompt, ...options }: Question): Promise<Answer> {
    const model = this.#free();
    const images = this.images.value;
    this.state.value = 'answering';
    this.exchanges.value = [...this.exchanges.value, {
      prompt, images, model: this.info.value?.name ?? '', text: '', tokens: 0, seconds: 0, state: 'looking',
    }];
    try {
      await see(model, images);
      const begun = this.#now();
      const seconds = () => (this.#now() - begun) / 1000;
      this.#rewrite({ state: 'answering' });
      const said = await model.answer({ key: KEY, images: images.map(({ name }) => name), prompt }, options, (text, tokens) => {
        this.#tell({ type: 'text', text, tokens });
        this.#texts.put({ text, tokens, seconds: seconds() });
      });
      const answer = { ...said, seconds: seconds() };
      this.#end(model, { ...answer, state: 'answered' });
      return answer;
    } catch (error) {
      const stopped = error instanceof ComdError && error.code === 'checkpoint/cancelled';
      this.#end(model, { state: stopped ? 'stopped' : 'failed' });
      throw error;
    }
  }

  /** The scores of the token after the prompt, with the images that are shown. */
  logits(prompt: string): Promise<PromptLogits> {
    return this.use((model, images) => model.logits({ key: KEY, images: [...images], prompt }));
  }

  /** Has the model to itself while `work` is under way, which gets it with the names of the images that are shown, and seen. */
  async use<T>(work: (model: AskedModel, images: readonly string[]) => Promise<T>): Promise<T> {
    const model = this.#free();
    const images = this.images.value;
    this.state.value = 'answering';
    try {
      await see(model, images);
      return await work(model, images.map(({ name }) => name));
    } finally {
      if (this.#model === model) this.state.value = 'ready';
    }
  }

  #free(): AskedModel {
    if (this.#model !== null && this.state.value === 'ready') return this.#model;
    throw this.state.value === 'empty'
      ? new ComdError('run/busy', 'No model is loaded.', 'Load one, then ask.')
      : new ComdError('run/busy', `The model is ${this.state.value}.`, 'Wait until that is done.');
  }

  #end(model: AskedModel, change: Partial<Exchange>): void {
    this.#texts.clear();
    this.#rewrite(change);
    if (this.#model === model) this.state.value = 'ready';
  }

  /** The newest exchange is the one that changes. */
  #rewrite(change: Partial<Exchange>): void {
    const last = this.exchanges.value.at(-1);
    if (last !== undefined) this.exchanges.value = [...this.exchanges.value.slice(0, -1), { ...last, ...change }];
  }
}

/** Shows a model what it has not seen yet. The pixels cross by transfer, so that it gets copies. */
async function see(model: AskedModel, images: readonly ShownImage[]): Promise<void> {
  const missing = new Set(images.length === 0 ? [] : await model.missing(images.map(({ name }) => name)));
  const unseen = images.filter(({ name }) => missing.has(name));
  if (unseen.length === 0) return;
  await model.see(unseen.map(({ name, pixels }) => ({ name, pixels: { ...pixels, data: pixels.data.slice() } })));
}
