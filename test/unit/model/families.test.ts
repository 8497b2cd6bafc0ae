/** Every family and option against transformers, on the WASM backend. The same on WebGPU: `test/browser/model/families.test.ts`. */
import { beforeAll, describe, expect, test } from 'vitest';
import { openAdapter } from '../../../src/checkpoint/adapter';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { applyAdapter } from '../../../src/model/adapter';
import { useWasm } from '../../support/backend';
import { fixture, fixtureJson, serving } from '../../support/folder';
import {
  type Expected, expectSameContinuation, expectSameIds, gradientError, imageTokenError, logitError, lossError, type Ours, oursOf,
} from '../../support/reference';
import { adapters, families } from '../../support/families';

beforeAll(useWasm);

const open = (name: string) => openCheckpoint(`http://test/${name}`, serving(fixture(name)));

function parity(ours: () => Ours): void {
  test('has the same token ids, templates and image places included', () => expectSameIds(ours()));
  test('has the same image tokens', async () => expect(await imageTokenError(ours())).toBeLessThan(1e-4));
  test('has the same logits at every position', async () => expect(await logitError(ours())).toBeLessThan(1e-4));
  test('has the same loss', async () => expect(await lossError(ours())).toBeLessThan(1e-4));
  test('goes on with the same tokens', () => expectSameContinuation(ours()));
}

describe.each(families)('the checkpoint %s on the prompt %s', (name, file) => {
  let ours: Ours;
  beforeAll(async () => { ours = await oursOf(await open(name), fixtureJson<Expected>(`${name}/${file}`)); });
  parity(() => ours);
  test('has the same gradients', async () => expect(await gradientError(ours)).toBeLessThan(1e-4));
});

describe.each(adapters)('the adapter %s', (name) => {
  let ours: Ours;
  beforeAll(async () => {
    const expected = fixtureJson<Expected>(`${name}/expected.json`);
    const files = new Map([...fixture(name)].map(([file, bytes]) => [file, new Blob([bytes])]));
    ours = await oursOf(await open(expected.base as string), expected, 'f32', async (model) =>
      applyAdapter(model, await openAdapter(filesSource(name, files), model.config.family)));
  });
  parity(() => ours);
});
