import { beforeAll, expect, test } from 'vitest';
import { forward } from '../../../src/model/forward';
import { useWasm } from '../../support/backend';
import { tiny } from '../../support/random-checkpoint';
import { placeholders } from '../../support/placeholders';
import { seenModel } from '../../support/seen';

beforeAll(useWasm);

test('rows that are asked for come out as they do among all rows', async () => {
  const { model, features } = await seenModel(tiny, ['a', 'b']);
  const sequences = ['what?', 'how many are there?'].map((text, i) => (
    { images: [['a', 'b'][i] as string], ids: [...placeholders(model), ...model.tokenizer.encode(text)] }));
  const all = await forward(model, features, sequences, 24).array();
  const rows = [8, 3, 30, 46];
  expect(await forward(model, features, sequences, 24, { rows }).array()).toEqual(rows.map((row) => all[row]));
});
