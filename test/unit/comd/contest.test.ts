import { describe, expect, test } from 'vitest';
import { contest } from '../../../src/comd/contest';
import { newHome, recordsOf, toySettings, watchedRun } from '../../support/toy-run';

describe('a contest', () => {
  const about = (instruction: string, answer: string) => ({ key: instruction, image: 'red-star-pool-1', instruction, answer });

  test('lets pass what the student answers otherwise than its teacher, in whatever wording', async () => {
    const asked: string[] = [];
    const says = new Map([['how many?', 'The 2.'], ['what colour?', 'blue'], ['what is it?', '']]);
    const contests = contest(async (questions, temperature) => {
      expect(temperature).toBe(0);
      return questions.map(({ instruction }) => ({ text: says.get(instruction) ?? '', tokens: 1 }));
    }, async () => { asked.push('ready'); });
    expect(await contests([about('how many?', 'two'), about('what colour?', 'red'), about('what is it?', 'a star')])).toEqual([false, true, true]);
    expect(asked).toEqual(['ready']);
  });

  test('does not wake the student for nothing', async () => {
    const never = async () => { throw new Error('Nobody is asked.'); };
    expect(await contest(never, never)([])).toEqual([]);
  });

  test('takes from the pools of a run what is already answered alike, and counts what it cost', async () => {
    const [open, contested] = await Promise.all([false, true].map((only) => watchedRun(newHome(), toySettings({ contested: only }))));
    const drops = (run: typeof open) => run?.report.iterations.reduce((sum, { dropped }) => sum + (dropped['answered alike'] ?? 0), 0);
    const calls = (run: typeof open) => run?.report.iterations.reduce((sum, { cost }) => sum + cost.studentCalls, 0) ?? 0;
    expect(drops(open)).toBe(0);
    expect(drops(contested)).toBeGreaterThan(0);
    expect(calls(contested)).toBeGreaterThan(calls(open));
    const taught = (await recordsOf(contested!.ledger)).filter(({ seedId }) => seedId !== undefined);
    expect(taught.length).toBeGreaterThan(0);
  });

  test('is comd\'s alone', async () => {
    const { report } = await watchedRun(newHome(), toySettings({ contested: true, strategy: 'random' }));
    expect(report.iterations.every(({ dropped, cost }) => dropped['answered alike'] === undefined && cost.studentCalls === 0)).toBe(true);
  });
});
