/** A model without a thread: it keeps note of the calls, and loading and answers go on when they are told to. */
import type { AskedModel } from '../../src/app/models/ask-session';
import { ComdError } from '../../src/errors';
import type { GenerateOptions, GenerateRequest, Generation, LoadOptions, ModelInfo, ModelPlace, PromptLogits, StepResult, TrainingExample } from '../../workers/protocol';
import type { Pixels } from '../../src/data/types';

export const fakeInfo: ModelInfo = {
  name: 'SmolVLM-256M', family: 'idefics3', parameters: 256_484_928, bytes: 540_000_000, tokenizer: 'smollm2', sees: true, speaks: true,
  backend: 'wasm', adapter: 'a CPU with SIMD, 4 threads', why: 'There is no hardware adapter.',
};

export class FakeModel implements AskedModel {
  readonly calls: string[] = [];
  readonly seen: { name: string; pixels: Pixels }[] = [];
  info = fakeInfo;
  closed = false;
  #shard: (file: string, loaded: number, total: number) => void = () => undefined;
  #text: (text: string, tokens: number) => void = () => undefined;
  #end: (value: never) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  /** A shard of the load under way moves. */
  shard(file: string, loaded: number, total: number): void {
    this.#shard(file, loaded, total);
  }

  /** The answer under way grows. */
  say(text: string, tokens: number): void {
    this.#text(text, tokens);
  }

  loaded(): void {
    this.#end(this.info as never);
  }

  answered(generation: Generation): void {
    this.#end(generation as never);
  }

  /** What is under way fails. */
  fail(error: Error): void {
    this.#fail(error);
  }

  load(place: ModelPlace, options: LoadOptions, onShard: (file: string, loaded: number, total: number) => void): Promise<ModelInfo> {
    this.calls.push(`load ${place.kind} ${JSON.stringify(options)}`);
    this.#shard = onShard;
    return this.#underWay();
  }

  async missing(images: string[]): Promise<string[]> {
    return images.filter((image) => !this.seen.some(({ name }) => name === image));
  }

  async forget(images: string[]): Promise<void> {
    this.calls.push(`forget ${images.join(', ')}`);
    this.seen.splice(0, this.seen.length, ...this.seen.filter(({ name }) => !images.includes(name)));
  }

  /** Each request is answered by what it was asked. */
  async generate(requests: GenerateRequest[], options: GenerateOptions): Promise<Generation[]> {
    this.calls.push(`generate ${requests.map(({ key }) => key).join(', ')} ${JSON.stringify(options)}`);
    return requests.map(({ images, prompt }) => ({ text: `${prompt} ${images.join()}`.trim(), tokens: 1 }));
  }

  /** A target costs as much a token as it has letters. */
  async loss(batch: TrainingExample[]): Promise<StepResult> {
    const [{ target } = { target: '' }] = batch;
    this.calls.push(`loss ${batch.length} ${target}`);
    return { loss: target.length, targets: 2, tokens: 4 };
  }

  /** Takes the pixels away from the caller, as a transfer does. */
  async see(images: { name: string; pixels: Pixels }[]): Promise<void> {
    this.calls.push(`see ${images.map(({ name }) => name).join(', ')}`);
    this.seen.push(...structuredClone(images, { transfer: images.map(({ pixels }) => pixels.data.buffer) }));
  }

  answer(request: GenerateRequest, options: GenerateOptions, onText: (text: string, tokens: number) => void): Promise<Generation> {
    this.calls.push(`answer ${request.prompt} ${JSON.stringify(request.images)} ${JSON.stringify(options)}`);
    this.#text = onText;
    return this.#underWay();
  }

  async logits(request: GenerateRequest): Promise<PromptLogits> {
    this.calls.push(`logits ${request.prompt}`);
    return { inputIds: [1, 2, 3], lastLogits: new Float32Array([0.5, -0.5]) };
  }

  close(): void {
    this.closed = true;
    this.#fail(new ComdError('checkpoint/cancelled', 'The model was closed before it had answered.', 'Load it again.'));
  }

  #underWay<T>(): Promise<T> {
    return new Promise((resolve, reject) => { this.#end = resolve; this.#fail = reject; });
  }
}
