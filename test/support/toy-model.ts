/**
 * A model worker without a model: what it says follows from a few numbers that training changes, in the order of its
 * steps, so that a run that loses or repeats a step says something else.
 */
import type { GenerateOptions, GenerateRequest, ModelPlace, ModelWorker, SoftTarget, TrainingExample, TrainingOptions } from '../../workers/protocol';
import { matches } from '../../src/evaluate/match';
import { hash, pick, stream, uniform } from '../../src/random';
import { questions, truth } from './toy-world';

interface State {
  /** The more, the more often it answers rightly. */
  skill: number;
  /** Depends on every batch and rate since it was loaded. */
  trace: number;
  training: { parts: TrainingOptions['parts']; moment: number } | null;
}

/** One continuation that it was asked for. */
export interface Asked extends GenerateRequest, GenerateOptions {
  text: string;
  tokens: number;
}
export interface ToyModel extends ModelWorker {
  readonly calls: string[];
  readonly asked: Asked[];
  readonly places: ModelPlace[];
}

/** `skill` in 0..1. It throws when it is asked about an image that it was not shown, or shown one twice. `before` is called with the name of every call, and may throw or never return. */
export function toyModel(name: string, skill: number, before: (call: string) => Promise<void> | void = () => undefined): ToyModel {
  const state: State = { skill, trace: 1, training: null };
  const seen = new Set<string>();
  const calls: string[] = [];
  const asked: Asked[] = [];
  const places: ModelPlace[] = [];
  const call = async <T>(what: string, result: () => T): Promise<T> => {
    await before(what);
    calls.push(what);
    return result();
  };
  const look = (image: string): void => {
    if (!seen.has(image)) throw new Error(`${name} was not shown ${image}.`);
  };
  return {
    calls,
    asked,
    places,
    load: (place, _options, onShard) => call('load', () => {
      places.push(place);
      onShard('model.safetensors', 10, 10);
      return { name, family: 'toy', parameters: 10, bytes: 40, tokenizer: 'toy', sees: true, speaks: true, backend: 'wasm', adapter: 'toy', why: 'because it is a toy' };
    }),
    missing: (images) => call('missing', () => images.filter((image) => !seen.has(image))),
    see: (images) => call('see', () => {
      for (const image of images) {
        if (seen.has(image.name)) throw new Error(`${name} was shown ${image.name} twice.`);
        seen.add(image.name);
      }
    }),
    forget: (images) => call('forget', () => { for (const image of images) seen.delete(image); }),
    mostAlike: (wishes) => call('mostAlike', () => wishes.map(({ to, among }) => {
      [to, ...among].forEach(look);
      return [...among].sort((a, b) => uniform(to, a) - uniform(to, b))[0] as string;
    })),
    generate: (requests, options) => call('generate', () => requests.map((request) => {
      request.images.forEach(look);
      const text = say(request, options.temperature, options.seed, state);
      asked.push({ ...request, ...options, text, tokens: text.length });
      return { text, tokens: text.length };
    })),
    answer: () => call('answer', () => ({ text: '', tokens: 0 })),
    logits: () => call('logits', () => ({ inputIds: [], lastLogits: new Float32Array(0) })),
    beginTraining: ({ parts }) => call('beginTraining', () => { state.training = { parts, moment: 0 }; }),
    step: (batch, rate) => call('step', () => {
      for (const example of batch) example.images.forEach(look);
      return step(state, batch, rate);
    }),
    loss: () => call('loss', () => ({ loss: 1, targets: 1, tokens: 1 })),
    scoreTargets: (examples, k) => call('scoreTargets', () => examples.map(({ images, target }) => {
      images.forEach(look);
      return softTargetOf(target, k);
    })),
    snapshot: () => call('snapshot', () => new TextEncoder().encode(JSON.stringify(state))),
    restore: (snapshot) => call('restore', () => { Object.assign(state, JSON.parse(new TextDecoder().decode(snapshot))); }),
    save: () => call('save', () => new Map([['model.safetensors', new TextEncoder().encode(JSON.stringify({ skill: state.skill, trace: state.trace }))]])),
    memory: () => call('memory', () => ({ tensors: 0, bytes: 0 })),
    dispose: () => call('dispose', () => undefined),
  };
}

function step(state: State, batch: TrainingExample[], rate: number) {
  if (!state.training) throw new Error('No training is open.');
  const content = hash(...batch.map(({ images, prompt, target, soft }) => `${images.join()}|${prompt}|${target}${soft ? `|${soft.logProbs.join()}` : ''}`)) / 2 ** 32;
  state.training.moment = 0.9 * state.training.moment + 0.1 * content;
  state.trace = state.trace * 0.97 + rate * state.training.moment;
  state.skill += (1 - state.skill) * 0.02;
  return { loss: 2 - state.skill + 0.1 * state.trace, targets: batch.length, tokens: 10 * batch.length };
}

/** A token is a character, and 0 ends a text; what the target's own leave to others depends on the place. */
function softTargetOf(target: string, k: number): SoftTarget {
  const tokens = Int32Array.from([...target, '\0'], (character) => character.codePointAt(0) as number);
  const own = Array.from(tokens, (_, place) => 0.5 + 0.4 * uniform('likely', target, place));
  return {
    tokens, k,
    ids: Int32Array.from({ length: tokens.length * k }, (_, i) => (tokens[Math.floor(i / k)] as number) + i % k),
    logProbs: Float32Array.from({ length: tokens.length * k }, (_, i) => {
      const likely = own[Math.floor(i / k)] as number;
      return Math.log(i % k === 0 ? likely : (1 - likely) / k);
    }),
  };
}

function say(request: GenerateRequest, temperature: number, seed: number, state: State): string {
  const draw = temperature === 0 ? [] : [request.key, seed];
  const image = request.images.join();
  const lines = request.prompt.split('\n');
  if (request.prompt.startsWith('assess: ')) return assess(request, lines, draw);
  if (request.prompt.startsWith('new ')) return augment(request, draw);
  const right = uniform(image, request.prompt, state.trace, ...draw) < state.skill;
  return right ? truth(image, request.prompt) : 'mud';
}

function assess({ images }: GenerateRequest, lines: string[], draw: (string | number)[]): string {
  const image = images.join();
  if (uniform('garbage', image, ...draw) < 0.1) return 'I would rather not say.';
  const after = (head: string) => lines.find((line) => line.startsWith(head))?.slice(head.length) ?? '';
  const known = truth(image, after('assess: '));
  const mark = (answer: string) => (matches(answer, known) ? 9 : 2);
  return `I see ${image}.\nscore A: ${mark(after('answer A: '))}\nscore B: ${mark(after('answer B: '))}`;
}

function augment({ images }: GenerateRequest, draw: (string | number)[]): string {
  const random = stream('augment', images.join(), ...draw);
  return random() < 0.15 ? 'too short' : pick(questions, random);
}
