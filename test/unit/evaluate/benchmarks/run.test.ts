import { describe, expect, test } from 'vitest';
import { ComdError } from '../../../../src/errors';
import { askedOf, firstOf, type AnswerBenchmark, type ChoiceItem } from '../../../../src/evaluate/benchmarks/benchmark';
import { openLlavaBench } from '../../../../src/evaluate/benchmarks/llava-bench/open';
import { type Abilities, run } from '../../../../src/evaluate/benchmarks/run';
import { openScienceQa } from '../../../../src/evaluate/benchmarks/scienceqa/open';
import { openSeedBench } from '../../../../src/evaluate/benchmarks/seed-bench/open';
import { resultTable } from '../../../../src/evaluate/benchmarks/table';
import { TestItems } from '../../../../src/pools/test-items';
import { fixtureFiles } from '../../../support/benchmark-files';

const able: Abilities = {
  answer: async (questions) => questions.map(() => 'B'),
  losses: async (candidates) => candidates.map(({ target }) => ({ loss: target.length, targets: 1 })),
  review: async (comparisons) => comparisons.map(() => '8 6\nfor a reason'),
};
const broken = (what: string) => new ComdError('data/undecodable-image', `"${what}" is no image.`, 'Give another.');

describe('a benchmark of answers', () => {
  test('is scored over all and by category', async () => {
    const result = await run(await openScienceQa(await fixtureFiles('scienceqa')), able);
    // Right with B: 4, 7, 12, 20 of 4, 7, 9, 12, 15, 20, 21, 22.
    expect(result).toMatchObject({ benchmark: 'ScienceQA test', measure: 'accuracy', overall: 50 });
    expect(result.byCategory).toEqual({
      NAT: { score: 100 * 2 / 3, items: 3 }, SOC: { score: 50, items: 2 }, LAN: { score: 100 / 3, items: 3 },
      TXT: { score: 100 * 2 / 3, items: 3 }, IMG: { score: 100 * 2 / 3, items: 3 }, NO: { score: 100 / 3, items: 3 },
      'G1-6': { score: 100, items: 4 }, 'G7-12': { score: 0, items: 4 },
    });
    expect(result.counts).toEqual({ items: 10, scored: 8, refused: 2, unparsed: 0, leftOut: {} });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('counts answers that name no choice, as wrong', async () => {
    const result = await run(await openScienceQa(await fixtureFiles('scienceqa')), { ...able, answer: async (questions) => questions.map(() => 'b') });
    expect(result).toMatchObject({ overall: 0, counts: { scored: 8, unparsed: 8 } });
    expect(result.outcomes[0]).toEqual({ id: '4', said: 'b', marks: null });
  });
});

describe('a benchmark of choices', () => {
  test('takes the choice that costs least', async () => {
    const result = await run(await openSeedBench(await fixtureFiles('seed-bench')), able);
    // The shortest, the first of equals: One, Red, Red, On paper, One, Nowhere; right are 101 and 102.
    expect(result.outcomes.map(({ said }) => said)).toEqual(['One', 'Red', 'Red', 'On paper', 'One', 'Nowhere']);
    expect(result.overall).toBeCloseTo(100 * 2 / 6, 10);
    expect(result.byCategory['Instance Attributes']).toEqual({ score: 50, items: 2 });
    expect(result.counts).toMatchObject({ items: 8, scored: 6, refused: 2, leftOut: { 'questions about videos': 2 } });
  });

  test('compares sums where no length is normalised', async () => {
    const losses: Abilities['losses'] = async (candidates) => candidates.map(({ target }) => ({ loss: 1 / target.length, targets: target.length ** 3 }));
    const files = await fixtureFiles('seed-bench');
    const said = async (normalisation: 'tokens' | 'none') => (await run(await openSeedBench(files, normalisation), { ...able, losses })).outcomes[0]?.said;
    expect(await said('tokens')).toBe('Three');
    expect(await said('none')).toBe('One');
  });

  test('refuses an item whose loss is no number', async () => {
    const losses: Abilities['losses'] = async (candidates) => candidates.map(({ id }) => ({ loss: id === '102' ? Number.NaN : 1, targets: 1 }));
    const result = await run(await openSeedBench(await fixtureFiles('seed-bench')), { ...able, losses });
    expect(result.refused).toContainEqual({ id: '102', reason: 'the loss of a choice is not finite' });
    expect(result.counts).toMatchObject({ items: 8, scored: 5, refused: 3 });
  });
});

describe('a benchmark of reviews', () => {
  test('asks the assessor about every answer, and leaves out what it cannot read', async () => {
    const asked: string[] = [];
    const review: Abilities['review'] = async (comparisons) => comparisons.map(({ id, prompt }) => {
      asked.push(prompt);
      return id === '1' ? 'I would rather not.' : id === '0' ? '10 5' : '8 8';
    });
    const result = await run(await openLlavaBench(await fixtureFiles('llava-bench')), { ...able, answer: async (questions) => questions.map(({ id }) => `answer ${id}`), review });
    expect(asked[3]).toContain('answer 3');
    // conv: 10 5, 8 8, 8 8.
    expect(result.byCategory['conv']).toEqual({ score: 100 * 21 / 26, items: 3 });
    expect(result.byCategory['detail']).toEqual({ score: 100, items: 1 });
    expect(result.overall).toBeCloseTo(100 * 53 / 58, 10);
    expect(result.counts).toEqual({ items: 10, scored: 7, refused: 2, unparsed: 1, leftOut: {} });
  });

  test('needs an assessor, and says so before anything is asked', async () => {
    const answer = async () => { throw new Error('asked'); };
    await expect(run(await openLlavaBench(await fixtureFiles('llava-bench')), { answer, losses: able.losses })).rejects.toMatchObject({ code: 'settings/invalid' });
  });
});

describe('an item that fails', () => {
  const many: AnswerBenchmark = {
    name: 'many', asks: 'answer', categories: ['all'], refused: [], leftOut: {}, read: () => 0,
    items: Array.from({ length: 40 }, (_, i): ChoiceItem => ({ id: `${i}`, image: null, question: 'q', prompt: 'p', categories: ['all'], choices: ['yes', 'no'], answer: i % 2 })),
  };

  test('is refused alone with its reason, and the rest go on', async () => {
    const told: string[] = [];
    const result = await run(many, {
      ...able, answer: async (questions) => {
        const bad = questions.find(({ id }) => id === '17' || id === '33');
        if (bad) throw broken(bad.id);
        return questions.map(() => 'A');
      },
    }, (stage, done, of) => told.push(`${stage} ${done}/${of}`));
    expect(result.refused).toEqual([{ id: '17', reason: '"17" is no image.' }, { id: '33', reason: '"33" is no image.' }]);
    expect(result.outcomes.map(({ id }) => id)).toEqual(many.items.map(({ id }) => id).filter((id) => id !== '17' && id !== '33'));
    expect(result.counts).toMatchObject({ items: 40, scored: 38, refused: 2 });
    expect(told).toEqual(['answer 16/40', 'answer 32/40', 'answer 40/40']);
  });

  test('is not blamed for a device that was lost', async () => {
    const lost = new ComdError('device/lost', 'The device is gone.', 'Start again.');
    await expect(run(many, { ...able, answer: async () => { throw lost; } })).rejects.toBe(lost);
  });

  test('leaves no score where all fail', async () => {
    const result = await run(many, { ...able, answer: async () => { throw broken('all'); } });
    expect(result).toMatchObject({ overall: null, byCategory: { all: { score: null, items: 0 } }, counts: { refused: 40 } });
    expect(resultTable(result)).toContain('none');
  });
});

test('the first items make a smaller benchmark that says so', async () => {
  const { name, items, refused } = firstOf(await openScienceQa(await fixtureFiles('scienceqa')), 3);
  expect({ name, ids: items.map(({ id }) => id), refused }).toEqual({ name: 'ScienceQA test, the first 3', ids: ['4', '7', '9'], refused: [] });
});

test('no pool takes an item, neither as it is stated nor as it is asked', async () => {
  const benchmark = await openScienceQa(await fixtureFiles('scienceqa'));
  const forbidden = new TestItems(askedOf(benchmark));
  const [shown, , alone] = benchmark.items;
  expect(forbidden.has({ image: shown!.image!, instruction: 'which ANIMAL is drawn' })).toBe(true);
  expect(forbidden.has({ image: shown!.image!, instruction: shown!.prompt })).toBe(true);
  expect(forbidden.has({ image: '', instruction: alone!.question })).toBe(true);
  expect(forbidden.has({ image: shown!.image!, instruction: 'Which animal is this?' })).toBe(false);
});

test('the table has a row for each category and tells what is in no score', async () => {
  const lines = resultTable(await run(await openSeedBench(await fixtureFiles('seed-bench')), able)).split('\n');
  expect(lines[0]).toBe('SEED-Bench-1: accuracy, %');
  expect(lines).toContain('Instance Attributes       2    50.00');
  expect(lines).toContain('average                   6    33.33');
  expect(lines).toContain('Left out, questions about videos: 2.');
  expect(lines.some((line) => line.startsWith('Refused, in no score: 2 of 8.'))).toBe(true);
  expect(lines.at(-1)).toBe('  108: data_id: there is no file "SEED-Bench-image/missing"');
});
