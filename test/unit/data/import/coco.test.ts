/** COCO's captions. */
import { describe, expect, it } from 'vitest';
import { readRows } from '../../../../src/data/import/read';
import { madeFile, readAll, textFile } from '../../../support/named-files';

const images = [{ id: 397133, file_name: '000000397133.jpg', height: 427, width: 640 }, { id: 37777, file_name: '000000037777.jpg' }];
const annotations = [
  { image_id: 37777, id: 1, caption: 'A kitchen with a stove. ' }, { image_id: 397133, id: 2, caption: 'A man at a counter.' }, { image_id: 5, id: 3, caption: 'Nobody knows.' },
  { image_id: 37777, id: 1, caption: 'Twice.' }, { image_id: 37777, id: 4, caption: ' ' }, { image_id: 37777, id: 5 }, { image_id: 37777, id: 6, caption: 'The last.', area: 2 },
];
const info = { description: 'COCO 2017', images: 'in words' };

describe.each([
  ['images first', { info, licenses: [{ id: 1 }], images, annotations }], ['annotations first', { info, annotations, images }],
])('captions with %s', (_, whole) => {
  it.each([undefined, 1])('are rows of the picture that they name (indent %s)', async (indent) => {
    const { rows, faults } = await readAll([textFile('captions_val2017.json', JSON.stringify(whole, null, indent), 50)]);
    expect(rows.map(({ row, id, image, caption, ignored }) => ({ row, id, image, caption, ignored }))).toEqual([
      { row: 1, id: '1', image: '000000037777.jpg', caption: 'A kitchen with a stove.', ignored: undefined },
      { row: 2, id: '2', image: '000000397133.jpg', caption: 'A man at a counter.', ignored: undefined },
      { row: 7, id: '6', image: '000000037777.jpg', caption: 'The last.', ignored: ['area'] },
    ]);
    expect(faults.map(({ row, field, reason }) => [row, field, reason])).toEqual([
      [3, 'image_id', 'is 5, which no entry of "images" has'], [4, 'id', 'is "1", which a row above has'], [5, 'caption', 'is empty'], [6, 'caption', 'is missing'],
    ]);
  });

  it('tell of an image that has no name once', async () => {
    const broken = { ...whole, images: [...images, { id: 7 }], annotations: annotations.slice(0, 2) };
    const { rows, faults } = await readAll([textFile('c.json', JSON.stringify(broken))]);
    expect(rows).toHaveLength(2);
    expect(faults).toEqual([{ file: 'c.json', row: 3, field: 'images[2].file_name', reason: 'is missing' }]);
  });
});

it('captions are read as they are pulled', async () => {
  const count = 20_000;
  const file = madeFile('c.json', count, (index) => {
    if (index === 0) return `{"info": {}, "images": ${JSON.stringify(images)}, "annotations": [`;
    return `${index === 1 ? '' : ','}${JSON.stringify({ id: index, image_id: 37777, caption: 'a kitchen. '.repeat(20) })}${index === count - 1 ? ']}' : ''}`;
  });
  let rows = 0;
  let furthestAhead = 0;
  for await (const _ of readRows([file])) furthestAhead = Math.max(furthestAhead, file.pulled() - ++rows);
  expect(rows).toBe(count - 1);
  expect(furthestAhead).toBeLessThan(400);
});
