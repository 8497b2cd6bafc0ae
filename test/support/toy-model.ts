/**
 * A model worker without a model: what it says follows from a few numbers that training changes, in the order of its
 * steps, so that a run that loses or repeats a step says something else.
 */
import type { GenerateRequest, ModelWorker, TrainingExample, TrainingOptions } from '../../workers/protocol';
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

export interface ToyModel extends ModelWorker {
  readonly calls: string[];
}

/** `skill` in 0..1. It throws when it is asked about an image that it was not shown, or shown one twice. `before` is called with the name of every call, and may throw or never return. */
export function toyModel(name: string, skill: number, before: (call: string) => Promise<void> | void = () => undefined): ToyModel {
  const state: State = { skill, trace: 1, training: null };
  const seen = new Set<string>();
  const calls: string[] = [];
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
    load: (_place, _options, onShard) => call('load', () => {
      onShard('model.safetensors', 10, 10);
      return { name, family: 'toy', parameters: 10, bytes: 40, sees: true, speaks: true, backend: 'wasm', adapter: 'toy', why: 'because it is a toy' };
    }),
    missing: (images) => call('missing', () => images.filter((image) => !seen.has(image))),
    see: (images) => call('see', () => {
      for (const image of images) {
        if (seen.has(image.name)) throw new Error(`${name} was shown ${image.name} twice.`);
        seen.add(image.name);
      }
    }),
    generate: (requests, { temperature, seed }) => call('generate', () => requests.map((request) => {
      request.images.forEach(look);
      const text = say(request, temperature, seed, state);
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
    snapshot: () => call('snapshot', () => new TextEncoder().encode(JSON.stringify(state))),
    restore: (snapshot) => call('restore', () => { Object.assign(state, JSON.parse(new TextDecoder().decode(snapshot))); }),
    save: () => call('save', () => new Map([['model.safetensors', new TextEncoder().encode(JSON.stringify({ skill: state.skill, trace: state.trace }))]])),
    memory: () => call('memory', () => ({ tensors: 0, bytes: 0 })),
    dispose: () => call('dispose', () => undefined),
  };
}

function step(state: State, batch: TrainingExample[], rate: number) {
  if (!state.training) throw new Error('No training is open.');
  const content = hash(...batch.map(({ images, prompt, target }) => `${images.join()}|${prompt}|${target}`)) / 2 ** 32;
  state.training.moment = 0.9 * state.training.moment + 0.1 * content;
  state.trace = state.trace * 0.97 + rate * state.training.moment;
  state.skill += (1 - state.skill) * 0.02;
  return { loss: 2 - state.skill + 0.1 * state.trace, targets: batch.length, tokens: 10 * batch.length };
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

function assess({ images }: GenerateRequest, [instruction, a, b]: string[], draw: (string | number)[]): string {
  const image = images.join();
  if (uniform('garbage', image, ...draw) < 0.1) return 'I would rather not say.';
  const known = truth(image, (instruction ?? '').slice('assess: '.length));
  const mark = (line = '') => (matches(line.slice('answer A: '.length), known) ? 9 : 2);
  return `I see ${image}.\nscore A: ${mark(a)}\nscore B: ${mark(b)}`;
}

function augment({ images }: GenerateRequest, draw: (string | number)[]): string {
  const random = stream('augment', images.join(), ...draw);
  return random() < 0.15 ? 'too short' : pick(questions, random);
}
