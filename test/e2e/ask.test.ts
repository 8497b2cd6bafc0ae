/** `npm run ask` as a user meets it: what it answers, where it writes that, and how it refuses. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/built';
import { parseHeader, serialise } from '../../src/checkpoint/safetensors';
import { encodePng } from '../../src/data/encode-png';
import { command } from '../support/command';
import { changed, type Files, fixture, fixtureJson, jsonBytes, without } from '../support/folder';
import { toPixels } from '../support/images';
import { type Expected, numbersOf } from '../support/reference';
import { shardServer } from '../support/shard-server';

let place: string;
beforeEach(async () => { place = await mkdtemp(join(tmpdir(), 'comd-ask-')); });
afterEach(() => rm(place, { recursive: true }));

const folderOf = (name: string): string => join(root, 'test/fixtures', name);
const ask = (...args: string[]) => command('ask', args);

/** Puts the images of a prompt into files; gives the flags that show them. */
async function imageFlags({ images }: Expected): Promise<string[]> {
  return (await Promise.all(images.map(async (image, index) => {
    const file = join(place, `picture ${index}.png`);
    await writeFile(file, encodePng(toPixels(image)));
    return ['--image', file];
  }))).flat();
}

/** Asks for the scores after a prompt; gives the ids, and the largest error as a share of the scores' range. */
async function scores(model: string, expected: Expected, more: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<{ ids: number[]; error: number }> {
  const file = join(place, 'scores.json');
  const flags = ['--model', model, '--prompt', expected.instruction, ...await imageFlags(expected), '--logits', file, '--backend', 'wasm', ...more];
  const { status, out, err } = await command('ask', flags, environment);
  expect(err).not.toContain('Error');
  expect({ status, out }).toEqual({ status: 0, out: '' });
  const { input_ids: ids, last_logits: last } = JSON.parse(await readFile(file, 'utf8')) as { input_ids: number[]; last_logits: number[] };
  const [, vocabulary = 0] = expected.logits.shape;
  const all = numbersOf(expected.logits);
  const end = expected.inputIds.length * vocabulary;
  const wanted = all.subarray(end - vocabulary, end);
  expect(last).toHaveLength(vocabulary);
  const range = Math.max(...wanted) - Math.min(...wanted);
  return { ids, error: Math.max(...last.map((score, index) => Math.abs(score - (wanted[index] as number)))) / range };
}

describe('the scores after a prompt', () => {
  test.each([
    ['llava-siglip-qwen2', 'expected.json'],
    ['llama3', 'expected.json'],
    ['llava-siglip-mistral', 'expected-two-images.json'],
  ])('of %s are those of %s', async (name, file) => {
    const expected = fixtureJson<Expected>(`${name}/${file}`);
    const { ids, error } = await scores(folderOf(name), expected);
    expect(ids).toEqual(expected.inputIds);
    expect(error).toBeLessThan(1e-4);
  });

  test('with an adapter over the model are those of the adapted model', async () => {
    const expected = fixtureJson<Expected>('peft-llava-tiny/expected.json');
    const { ids, error } = await scores(folderOf('llava-tiny'), expected, ['--adapter', folderOf('peft-llava-tiny')]);
    expect(ids).toEqual(expected.inputIds);
    expect(error).toBeLessThan(1e-4);
  });

  test('are the same on WebGPU, here by the software adapter', async () => {
    const expected = fixtureJson<Expected>('llava-siglip-qwen2/expected.json');
    const { ids, error } = await scores(folderOf('llava-siglip-qwen2'), expected, ['--backend', 'webgpu'], { COMD_SWIFTSHADER: '1' });
    expect(ids).toEqual(expected.inputIds);
    expect(error).toBeLessThan(1e-3);
  });
});

describe('an answer', () => {
  test('is all that goes to the standard output, and the same from a server that knows no other sites', async () => {
    await using server = await shardServer(fixture('llava-tiny'));
    const flags = ['--prompt', 'what is this?', '--max-new', '8', '--backend', 'wasm'];
    const local = await ask('--model', `${folderOf('llava-tiny')}/`, ...flags);
    expect(local.status).toBe(0);
    expect(local.out).toMatch(/^.+\n$/);
    for (const told of ['load', '100 %', 'llava-tiny', 'wasm', '8 tokens in', 'tokens/s']) expect(local.err).toContain(told);
    const remote = await ask('--model', server.url, ...flags);
    expect({ status: remote.status, out: remote.out }).toEqual({ status: 0, out: local.out });
  });

  test('comes from packed weights, and from a .gguf file', async () => {
    const model = join(place, 'a model with spaces');
    await writeFolder(model, fixture('llava-tiny'));
    const packed = await ask('--model', model, '--prompt', 'what is this?', '--max-new', '4', '--weights', 'int4');
    expect(packed.status).toBe(0);
    expect(packed.err).toContain('a model with spaces: llava');
    const gguf = await ask('--model', join(folderOf('gguf'), 'llama-q4_0.gguf'), '--prompt', 'the cat', '--max-new', '4');
    expect(gguf.status).toBe(0);
    expect(gguf.err).toContain('llama-q4_0: llama');
    expect(gguf.out.endsWith('\n')).toBe(true);
  });
});

describe('a call that is wrong ends with status 2 and says what is allowed', () => {
  const model = ['--model', folderOf('llava-tiny')];
  test.each([
    [['--promt', 'x'], '--promt', '--prompt'],
    [[...model, '--prompt', 'x', '--weights', 'q4'], 'q4', 'f32, f16, int8, int4'],
    [[...model, '--prompt', 'x', '--image', 'nowhere.png'], 'nowhere.png', '--image'],
    [['--model', 'test/fixtures/llava-tinny', '--prompt', 'x'], 'llava-tinny', 'a .gguf file'],
  ])('as %j', async (args, wrong, allowed) => {
    const { status, out, err } = await ask(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(wrong);
    expect(err).toContain(allowed);
  });
});

describe('what cannot be done ends with status 1, names what is wrong and says what to do', () => {
  const weights = 'model.safetensors';
  const whole = fixture('llava-siglip-qwen2');
  const norm = 'language_model.model.norm.weight';
  const broken: [what: string, files: Files, named: string[]][] = [
    ['a file that is cut short', changed(whole, weights, (bytes) => bytes.slice(0, -100)), [weights, `${whole.get(weights)?.length}`]],
    ['a tensor that is missing', rewritten(whole, (tensors) => tensors.filter(({ name }) => name !== norm)), [norm]],
    ['a tensor of another shape', rewritten(whole, (tensors) => tensors.map((tensor) => (tensor.name === norm ? { ...tensor, shape: [tensor.shape[0] as number, 1] } : tensor))), [norm, '1]']],
    ['an unknown family', changed(whole, 'config.json', () => jsonBytes({ model_type: 'blip-2' })), ['config.json', 'blip-2', 'llava']],
    ['a tokenizer that is missing', without(whole, 'tokenizer.json'), ['tokenizer.json']],
  ];

  async function refusal(...args: string[]): Promise<string> {
    const { status, out, err } = await ask('--prompt', 'what is this?', ...args);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    const [message = '', remedy = ''] = err.slice(err.indexOf('Error: ')).split('\n');
    expect(remedy).toMatch(/^[A-Z].*\.$/);
    return message;
  }

  test.each(broken)('%s', async (_, files, named) => {
    const model = join(place, 'broken');
    await writeFolder(model, files);
    const message = await refusal('--model', model);
    for (const part of named) expect(message).toContain(part);
  });

  test('an address where nothing is', async () => {
    await using server = await shardServer(new Map());
    expect(await refusal('--model', `${server.url}/none`)).toContain(`config.json in ${server.url}/none`);
  });

  test('a text that is called a picture', async () => {
    const file = join(place, 'text.png');
    await writeFile(file, 'no picture');
    expect(await refusal('--model', folderOf('llava-tiny'), '--image', file)).toContain('text.png');
  });

  test('a picture for a model that sees none', async () => {
    const file = join(place, 'dot.png');
    await writeFile(file, encodePng({ width: 1, height: 1, data: new Uint8ClampedArray(4) }));
    expect(await refusal('--model', folderOf('qwen2'), '--image', file)).toContain('qwen2');
  });

  test('WebGPU where there is no adapter', async () => {
    expect(await refusal('--model', folderOf('llava-tiny'), '--backend', 'webgpu')).toContain('WebGPU');
  });
});

async function writeFolder(folder: string, files: Files): Promise<void> {
  await mkdir(folder);
  await Promise.all([...files].map(([name, bytes]) => writeFile(join(folder, name), bytes)));
}

type Tensors = Parameters<typeof serialise>[0];

/** The files with the tensors of the weights changed. */
function rewritten(files: Files, change: (tensors: Tensors) => Tensors): Files {
  return changed(files, 'model.safetensors', (bytes) => (
    serialise(change(parseHeader('model.safetensors', bytes).tensors.map((tensor) => ({ ...tensor, bytes: bytes.subarray(tensor.begin, tensor.end) }))))
  ));
}
