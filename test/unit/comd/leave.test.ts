/** What a run leaves where it has more images than a zip can hold. */
import 'fake-indexeddb/auto';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { addImages, imageFile } from '../../../src/comd/leave';
import { GrowingZip } from '../../../src/data/export/growing-zip';
import { openPools } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import { TestItems } from '../../../src/pools/test-items';
import { newHome } from '../../support/toy-run';
import { toyWorld } from '../../support/toy-world';

const mark = { result: null, items: 1, calls: 1, tokens: 1, seconds: 1, clock: 1 };
const images = ['blue-star-pool-1', 'green-moon-pool-2', 'red-heart-pool-3'];

async function left(most: number): Promise<Record<string, Uint8Array>> {
  const ledger = await Ledger.open(await openPools(newHome().database), 'run', new TestItems([]));
  const added = ['', ...images, ...images].map((image, i) => ({ id: String(i), image, instruction: 'what', answer: 'it', source: 'dataset' as const, iteration: 0 }));
  await ledger.commit({ iteration: 0, phase: 'load', item: 'all' }, mark, { added });
  const zip = new GrowingZip();
  await addImages(zip, ledger, toyWorld, most);
  return unzipSync(await zip.end().bytes());
}

describe('the images of a run', () => {
  it('are left once each, however many records name them', async () => {
    expect(Object.keys(await left(3))).toEqual(images.map((image) => `pools/images/${imageFile(image)}`));
  });

  it('are left as far as there is room, with a note of how many are not there', async () => {
    const files = await left(2);
    expect(Object.keys(files)).toEqual([...images.slice(0, 2).map((image) => `pools/images/${imageFile(image)}`), 'pools/images-left-out.txt']);
    expect(strFromU8(files['pools/images-left-out.txt'] as Uint8Array)).toMatch(/^1 of 3 images .* "toy"/);
  });
});
