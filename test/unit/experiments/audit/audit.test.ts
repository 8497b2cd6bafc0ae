/** The audit over roles whose rates are known exactly. */
import { describe, expect, test } from 'vitest';
import type { Answerer, Assessor, Augmentor, Comparison, Question } from '../../../../src/comd/roles';
import type { DataSet, InstructionRecord, TestItem } from '../../../../src/data/types';
import { auditAnswers } from '../../../../src/experiments/audit/answers';
import { audit } from '../../../../src/experiments/audit/audit';
import { auditInstructions, triesPerSeed } from '../../../../src/experiments/audit/instructions';
import { auditMarks } from '../../../../src/experiments/audit/marks';
import { ratesOf } from '../../../../src/experiments/audit/rates';
import { targetsOf } from '../../../../src/experiments/audit/targets';
import { wrongAnswers } from '../../../../src/experiments/audit/wrong-answers';
import { settingsOf } from '../../../../src/presets';

const settings = settingsOf('emoji', { pool: 20 });

/** Image `n` shows the thing `n`, in a colour by whether it is even; two kinds of question know it. */
const colourOf = (image: string) => (Number(image) % 2 === 0 ? 'red' : 'blue');
const questions: Record<string, { kind: string; answer: (image: string) => string }> = {
  'which thing is it that stands here': { kind: 'name', answer: (image) => `thing ${image}` },
  'what colour does this object have': { kind: 'colour', answer: colourOf },
};
const [askName, askColour] = Object.keys(questions) as [string, string];

function item(i: number, style = ''): TestItem {
  const instruction = i % 2 === 0 ? askName : askColour;
  const image = String(1000 + i);
  return { id: `${style}${i}`, image, instruction, answer: questions[instruction]?.answer(image) ?? '', type: questions[instruction]?.kind ?? '' };
}
const items = (count: number, style = '') => Array.from({ length: count }, (_, i) => item(i, style));

const world: DataSet = {
  name: 'things', pairs: async () => [], drawImage: async () => '0', has: async () => true, pixels: async () => { throw new Error('Nobody looks.'); },
  records: async function* (): AsyncGenerator<InstructionRecord> {
    for (let i = 0; i < 100; i++) {
      const { id, image, instruction, answer } = item(-1000 + i);
      yield { id, image, instruction, answer, source: 'dataset', iteration: 0 };
    }
  },
  test: async (count) => items(count), heldOutStyle: async (count) => items(count, 'style '),
  truth: (image, instruction) => questions[instruction]?.answer(image) ?? null,
  kind: (_image, instruction) => questions[instruction]?.kind ?? null,
};

const truth = ({ image, instruction }: Question) => world.truth(image, instruction) ?? '';
const saying = (text: string) => ({ text, tokens: 1 });
const nobody = (): void => undefined;

describe('rates', () => {
  test('are over all and by kind, in the order of the kinds\' names', () => {
    const rates = ratesOf(['b', 'a', 'b'], [true, false, false]);
    expect(rates.all).toEqual({ share: 1 / 3, items: 3 });
    expect(Object.entries(rates.byKind)).toEqual([['a', { share: 0, items: 1 }], ['b', { share: 0.5, items: 2 }]]);
  });

  test('of nothing are 0 of 0', () => {
    expect(ratesOf([], [])).toEqual({ all: { share: 0, items: 0 }, byKind: {} });
  });
});

describe('answers', () => {
  /** Right about names only; of the other style never. */
  const half: Answerer = async (asked, temperature) => {
    expect(temperature).toBe(0);
    return asked.map((one) => saying(one.instruction === askName && !one.key.includes('style') ? truth(one) : 'mud'));
  };

  test('are told by kind, on both styles, with what the question alone tells beside them', async () => {
    const counts: number[] = [];
    const { learned, heldOutStyle, blind } = await auditAnswers(world, settings, half, { learned: items(80), style: items(10, 'style ') }, (done) => counts.push(done));
    expect(learned).toEqual({ all: { share: 0.5, items: 80 }, byKind: { colour: { share: 0, items: 40 }, name: { share: 1, items: 40 } } });
    expect(heldOutStyle?.all).toEqual({ share: 0, items: 10 });
    // The odd images that colours are asked of are all blue, and no thing is there twice.
    expect(blind.byKind).toEqual({ colour: { share: 1, items: 40 }, name: { share: 0, items: 40 } });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(90);
  });

  test('have no held-out style where there is none', async () => {
    expect((await auditAnswers(world, settings, half, { learned: items(2), style: [] }, nobody)).heldOutStyle).toBeNull();
  });
});

describe('wrong answers', () => {
  test('are true of another held-out image, and the same for the same seed', () => {
    const all = items(30);
    const wrong = wrongAnswers(all, world, 1);
    expect(wrong).toEqual(wrongAnswers(all, world, 1));
    all.forEach(({ type, answer }, i) => {
      expect(wrong[i]).toMatch(type === 'name' ? /^thing 10\d\d$/ : /^(red|blue)$/);
      expect(wrong[i]).not.toBe(answer);
    });
    expect(wrongAnswers(all, world, 2)).not.toEqual(wrong);
  });

  test('are those to another question of the kind where no other image knows the question', () => {
    const own = items(6).map((one) => ({ ...one, instruction: `${one.instruction} in ${one.image}` }));
    expect(wrongAnswers(own, world, 1)[0]).toMatch(/^thing 100[24]$/);
  });

  test('are none where all answers are the same', () => {
    expect(wrongAnswers([item(1), item(3)], world, 1)).toEqual([null, null]);
  });
});

describe('marks', () => {
  const marking = (mark: (comparison: Comparison) => [number, number] | null): Assessor => async (comparisons) => ({
    sheets: comparisons.map(mark).map((pair) => pair && { a: pair[0], b: pair[1] }), calls: comparisons.length, tokens: 0,
  });
  const isRight = (one: Comparison, answer: string) => answer === truth(one);
  const names = items(100).filter(({ type }) => type === 'name');

  test('of one who sees all prefer the right answer in every position, whatever batch it is in', async () => {
    const seen = await auditMarks(world, 1, marking((one) => [isRight(one, one.a) ? 9 : 2, isRight(one, one.b) ? 9 : 2]), names, nobody);
    for (const rates of [seen.rightFirst, seen.rightSecond, seen.both]) expect(rates.all).toEqual({ share: 1, items: 50 });
    expect(seen).toMatchObject({ unreadable: 0, comparisons: 100, unpaired: 0 });
  });

  test('of one who prefers what is shown first see nothing in both positions', async () => {
    const seen = await auditMarks(world, 1, marking(() => [9, 2]), names, nobody);
    expect([seen.rightFirst.all.share, seen.rightSecond.all.share, seen.both.all.share]).toEqual([1, 0, 0]);
  });

  test('that tie see nothing, and those that cannot be read are counted and see nothing', async () => {
    expect((await auditMarks(world, 1, marking(() => [7, 7]), names, nobody)).both.all.share).toBe(0);
    const seen = await auditMarks(world, 1, marking((one) => (one.key.endsWith('right first') ? null : [2, 9])), names, nobody);
    expect(seen).toMatchObject({ unreadable: 50, comparisons: 100 });
    expect([seen.rightFirst.all.share, seen.rightSecond.all.share, seen.both.all.share]).toEqual([0, 1, 0]);
  });

  test('never see the known answer', async () => {
    await auditMarks(world, 1, marking((one) => { expect(one.reference).toBeNull(); return [5, 5]; }), names, nobody);
  });

  test('leave out items without a wrong answer', async () => {
    const seen = await auditMarks(world, 1, marking(() => [9, 2]), [item(1), item(3)], nobody);
    expect(seen).toMatchObject({ unpaired: 2, comparisons: 0, both: { all: { items: 0 } } });
  });
});

describe('new instructions', () => {
  const pool = async () => {
    const records: InstructionRecord[] = [];
    for await (const record of world.records(1)) if (records.push(record) === 20) break;
    return records;
  };
  const writing = (write: (seed: Question, round: number) => string): Augmentor => async (seeds) => seeds.map((seed) => {
    expect(seed.kind).toBe('difficult');
    return saying(write(seed, Number(seed.key.split('/')[2])));
  });
  const written = async (augment: Augmentor, count = 60) => auditInstructions(world, settings, augment, await pool(), count, nobody);
  const other = (instruction: string) => (instruction === askName ? askColour : askName);

  test('of one who repeats the seed are well-formed and answerable, of its kind, and none is new', async () => {
    const seen = await written(writing(({ instruction }) => instruction));
    expect(seen.seeds).toBe(10);
    expect(seen.sound.all).toEqual({ share: 1, items: 60 });
    expect([seen.fresh.all.share, seen.useful.all.share, seen.ofSeedKind?.all.share]).toEqual([0, 0, 1]);
  });

  test('are new once an image: what was written before is known', async () => {
    const seen = await written(writing(({ instruction }) => other(instruction)));
    expect(seen.fresh.all.share).toBeCloseTo(1 / triesPerSeed);
    expect(seen.useful).toEqual(seen.fresh);
    expect(seen.ofSeedKind?.all.share).toBe(0);
  });

  test('that no filter of wording lets through stay unknown, and are counted by themselves', async () => {
    const seen = await written(writing((_, round) => (round < 3 ? 'too short' : 'which cloud hides behind this')));
    expect([seen.wellFormed.all.share, seen.answerable.all.share, seen.sound.all.share]).toEqual([0.5, 0, 0]);
    // Three rounds of what is never kept, and one in which the other is new.
    expect(seen.fresh.all.share).toBeCloseTo(4 / 6);
    expect(seen.ofSeedKind).toBeNull();
  });

  test('are told by the kind of their seed', async () => {
    const seen = await written(writing(({ instruction }) => (instruction === askName ? instruction : 'no')), 6 * 20);
    expect(seen.wellFormed.byKind).toEqual({ colour: { share: 0, items: 60 }, name: { share: 1, items: 60 } });
  });

  test('have no more seeds than the pool', async () => {
    expect((await written(writing(() => ''), 10_000)).seeds).toBe(20);
  });
});

describe('a whole audit', () => {
  const perfect = {
    answers: (async (asked) => asked.map((one) => saying(truth(one)))) as Answerer,
    assesses: (async (comparisons) => ({
      sheets: comparisons.map((one) => ({ a: one.a === truth(one) ? 9 : 2, b: one.b === truth(one) ? 9 : 2 })), calls: comparisons.length, tokens: 0,
    })) as Assessor,
    augments: (async (seeds) => seeds.map(({ instruction }) => saying(instruction))) as Augmentor,
  };

  test('says which targets are reached, and tells its way to the end', async () => {
    const ends = new Map<string, string>();
    const found = await audit({ data: world, settings, ...perfect }, 40, (stage, done, of) => ends.set(stage, `${done}/${of}`));
    expect(targetsOf(found).map(({ got, reached }) => [got, reached])).toEqual([[1, true], [1, true], [1, true], [0, false]]);
    expect([...ends]).toEqual([['answers', '80/80'], ['marks', '40/40'], ['instructions', '42/42']]);
  });
});
