/** `npm run compose` as a user meets it: the folder that it leaves, which `npm run ask` opens, and how it refuses. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/built';
import { encodePng } from '../../src/data/encode-png';
import { command } from '../support/command';
import { fixtureJson } from '../support/folder';
import { toPixels } from '../support/images';
import type { Expected } from '../support/reference';

let place: string;
beforeEach(async () => { place = await mkdtemp(join(tmpdir(), 'comd-compose-')); });
afterEach(() => rm(place, { recursive: true }));

const parts = ['--tower', join(root, 'test/fixtures/siglip-vision'), '--decoder', join(root, 'test/fixtures/qwen2')];

describe('compose', () => {
  test('leaves a student that answers about an image', async () => {
    const [folder, file] = [join(place, 'my student'), join(place, 'picture.png')];
    const composed = await command('compose', [...parts, '--out', folder, '--seed', '3']);
    expect(composed.err).toContain(folder);
    expect(composed.status).toBe(0);
    const files = await readdir(folder);
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json']) {
      expect(files).toContain(name);
      expect(composed.err).toContain(name);
    }
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({ model_type: 'llava', vision_config: { model_type: 'siglip_vision_model' }, text_config: { model_type: 'qwen2' } });
    const { images: [image] } = fixtureJson<Expected>('llava-siglip-qwen2/expected.json');
    await writeFile(file, encodePng(toPixels(image!)));
    const answered = await command('ask', ['--model', folder, '--image', file, '--prompt', 'what is this?', '--max-new', '4']);
    expect(answered.status).toBe(0);
    expect(answered.err).toContain('my student: llava');
  });

  test('writes over nothing, and leaves nothing where it fails', async () => {
    await writeFile(join(place, 'kept.txt'), 'kept');
    const full = await command('compose', [...parts, '--out', place]);
    expect(full.status).toBe(2);
    expect(full.err).toContain(place);
    expect(await readdir(place)).toEqual(['kept.txt']);
    const swapped = await command('compose', ['--tower', parts[3]!, '--decoder', parts[1]!, '--out', join(place, 'new')]);
    expect(swapped.status).toBe(1);
    expect(swapped.err).toMatch(/Error: .*(tower|decoder)/);
    expect(await readdir(place)).toEqual(['kept.txt']);
  });

  test.each([
    [['--tower', 'x', '--decoder', 'y'], '--out', 'empty or new folder'],
    [[...parts, '--out', 'runs/never', '--connector', 'cross'], 'cross', 'mlp, linear'],
  ])('refuses %j with status 2 and says what is allowed', async (args, wrong, allowed) => {
    const { status, err } = await command('compose', args);
    expect(status).toBe(2);
    expect(err).toContain(wrong);
    expect(err).toContain(allowed);
  });
});
