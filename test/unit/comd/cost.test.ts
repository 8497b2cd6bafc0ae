/** What an iteration cost: what the models were asked, as they counted it themselves. */
import { describe, expect, it } from 'vitest';
import { noCost, sumOf } from '../../../src/comd/cost';
import { strategies } from '../../../src/settings';
import { conductorAt, newHome, reached, timeless, toySettings, watchedRun } from '../../support/toy-run';
import type { Asked, ToyModel } from '../../support/toy-model';

/** What a model was asked in an iteration beside examinations, whose requests are greedy and name a paper. */
function askedIn(iteration: number, { asked }: ToyModel): Asked[] {
  return asked.filter(({ key }) => ['assess', 'augment', 'target', 'fresh', 'teacher', 'student'].some((work) => key.startsWith(`${work}/${iteration}/`)))
    .filter(({ key, temperature }) => !/^(teacher|student)\//.test(key) || temperature > 0);
}
const tokensOf = (asked: readonly Asked[]) => asked.reduce((sum, { tokens }) => sum + tokens, 0);

describe('the cost of an iteration', () => {
  it.each(strategies)('is what the models counted: %s', async (strategy) => {
    const { report, cast } = await watchedRun(newHome(), toySettings({ strategy }));
    for (const { iteration, cost } of report.iterations) {
      const teacher = askedIn(iteration, cast.teacher);
      expect(cost).toMatchObject({ teacherCalls: teacher.length, teacherTokens: tokensOf(teacher), studentCalls: askedIn(iteration, cast.student).length });
    }
    const steps = report.iterations.reduce((sum, { cost }) => sum + cost.steps, 0);
    expect(steps + report.align.losses.length).toBe(cast.student.calls.filter((call) => call === 'step').length);
    expect(report.iterations.map(({ cost }) => cost.steps)).toEqual(report.iterations.map(({ losses }) => losses.length));
    expect(report.iterations.every(({ cost }) => cost.trainedTokens > 0 && cost.seconds > 0)).toBe(true);
  });

  it('counts every retry of an assessment', async () => {
    const [never, often] = await Promise.all([0, 5].map((assessRetries) => watchedRun(newHome(), toySettings({ iterations: 2, assessRetries }))));
    const retried = (run: typeof never) => (run?.cast.teacher.asked ?? []).filter(({ key }) => /^assess\/1\/.*try-[1-9]$/.test(key)).length;
    expect(retried(never)).toBe(0);
    expect(retried(often)).toBeGreaterThan(0);
    expect(often?.report.iterations[0]?.unparsable).toBeLessThan(never?.report.iterations[0]?.unparsable ?? 0);
    expect(often?.report.iterations[0]?.cost.teacherCalls).toBe(askedIn(1, often?.cast.teacher as ToyModel).length);
  });

  it('is the same after a resume', async () => {
    const settings = toySettings({ iterations: 2 });
    const { report } = await watchedRun(newHome(), settings);
    const home = newHome();
    let calls = 0;
    const first = conductorAt(home, () => { if (++calls === 110) throw new Error('the power went'); });
    await first.conductor.start('tiny', settings);
    expect(await reached(first.conductor, 'failed', 'finished')).toBe('failed');
    const second = conductorAt(home);
    await second.conductor.resume();
    await reached(second.conductor, 'finished');
    expect(timeless(await second.conductor.report() ?? undefined)).toEqual(timeless(report));
  });

  it('adds up over iterations', () => {
    const cost = { teacherCalls: 1, teacherTokens: 2, studentCalls: 3, steps: 4, trainedTokens: 5, seconds: 6 };
    expect(sumOf([])).toEqual(noCost);
    expect(sumOf([cost, cost])).toEqual({ teacherCalls: 2, teacherTokens: 4, studentCalls: 6, steps: 8, trainedTokens: 10, seconds: 12 });
    expect(noCost.steps).toBe(0);
  });
});
