/** Files that are written piece by piece are read back as they were. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../../src/data/export/csv';
import { llavaLines, llavaList } from '../../../../src/data/export/llava';
import type { InstructionRecord } from '../../../../src/data/types';
import { readAll, textFile } from '../../../support/named-files';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => text.replaceAll('<image>', '').trim()).filter((text) => text !== '');
const record = fc.record({
  id: fc.uuid(), image: fc.oneof(fc.constant(''), fc.stringMatching(/^[a-z]{1,8}\.png$/)), instruction: text, answer: text,
  source: fc.constant('dataset' as const), iteration: fc.constant(0),
});
const records = fc.uniqueArray(record, { selector: ({ id }) => id });

async function written(parts: AsyncIterable<string>): Promise<string> {
  let whole = '';
  for await (const part of parts) whole += part;
  return whole;
}

describe.each([['a JSON list', 'a.json', llavaList], ['JSONL', 'a.jsonl', llavaLines]] as const)('%s of LLaVA\'s', (_, name, write) => {
  it('comes back as it went out', async () => {
    await fc.assert(fc.asyncProperty(records, fc.integer({ min: 1, max: 100 }), async (given, chunk) => {
      const file = await written(write(given));
      // Of no records, JSONL is an empty file, which is of every format and none.
      if (file === '') return;
      const { rows, faults } = await readAll([textFile(name, file, chunk)]);
      expect(faults).toEqual([]);
      expect(rows.map(({ id, image, exchanges: [exchange] }) => ({ id, image, ...exchange }))).toEqual(given.map(({ id, image, instruction, answer }) => ({ id, image, instruction, answer })));
    }));
  });
});

describe('writing', () => {
  const one: InstructionRecord = { id: 'a', image: 'cat', instruction: 'What?', answer: 'A cat.', source: 'dataset', iteration: 0 };

  it('asks for a record when it is to be written', async () => {
    let asked = 0;
    const source = async function* () {
      for (;;) yield { ...one, id: String(asked++) };
    };
    for (const write of [llavaList, llavaLines, csvText]) {
      asked = 0;
      const parts = write(source());
      for (let i = 0; i < 5; i++) await parts.next();
      expect(asked).toBeLessThanOrEqual(5);
      await parts.return(undefined);
    }
  });

  it('gives pictures the names of their files, and is a pool that can be imported', async () => {
    const file = await written(llavaList([one], (image) => `images/${image}.png`));
    const { rows } = await readAll([textFile('pool.json', file)]);
    expect(rows).toMatchObject([{ id: 'a', image: 'images/cat.png', exchanges: [{ instruction: 'What?', answer: 'A cat.' }] }]);
    expect(await written(csvText([one], (image) => `images/${image}.png`))).toBe('id,image,question,answer\r\na,images/cat.png,What?,A cat.\r\n');
    expect(await written(llavaList([]))).toBe('[]\n');
  });
});
