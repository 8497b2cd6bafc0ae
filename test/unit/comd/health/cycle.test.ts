/** Whole runs over toy models of which one plays its role badly: the sign of it is told, kept in the report, and told again. */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../../src/comd/events';
import type { HealthSign } from '../../../../src/comd/health/sign';
import type { Report } from '../../../../src/comd/report';
import type { DataSet } from '../../../../src/data/types';
import type { Settings } from '../../../../src/settings';
import type { GenerateRequest } from '../../../../workers/protocol';
import { spoiled } from '../../../support/spoiled-model';
import { conductorAt, type Home, newHome, reached, runThrough, timeless, toySettings } from '../../../support/toy-run';
import type { ToyModel } from '../../../support/toy-model';
import { toyWorld } from '../../../support/toy-world';

type Instead = (request: GenerateRequest, text: string) => string;
interface Spoils {
  role?: 'student' | 'teacher';
  instead?: Instead;
  settings?: Partial<Settings>;
  data?: DataSet;
}

const asIs: Instead = (_, text) => text;

async function run({ role = 'teacher', instead = asIs, settings = {}, data = toyWorld }: Spoils, home: Home = newHome()): Promise<{ report: Report; events: RunEvent[]; home: Home }> {
  const spoil = (model: ToyModel, who: string) => (who === role ? spoiled(model, instead) : model);
  const { conductor, events, listen } = conductorAt(home, undefined, data, spoil);
  await listen();
  await conductor.start('tiny', toySettings({ assessSample: 60, ...settings }));
  expect(await reached(conductor, 'finished', 'failed')).toBe('finished');
  return { report: await conductor.report() as Report, events, home };
}

const signsOf = ({ health = [] }: Report): Set<string> => new Set(health.map(({ sign }) => sign));
const told = (events: readonly RunEvent[]): HealthSign[] => events.flatMap((event) => (event.type === 'health' ? event.signs : []));
const marking = (a: number, b: number) => `score A: ${a}\nscore B: ${b}`;
const isAssessing = ({ prompt }: GenerateRequest) => prompt.startsWith('assess: ');
const isAugmenting = ({ prompt }: GenerateRequest) => prompt.startsWith('new ');

describe('a run over models that play their roles well', () => {
  test('sees nothing wrong with assessor or augmentor, and says of every iteration that it has looked', async () => {
    const { report, events } = await run({});
    for (const sign of ['marks', 'positions', 'unreadable', 'irrelevant', 'collapse', 'divergence']) expect(signsOf(report)).not.toContain(sign);
    expect(events.filter((event) => event.type === 'health')).toHaveLength(3);
    expect(told(events)).toEqual(report.health);
    expect(events.filter((event) => event.type === 'notice' && /difficult|chance/.test(event.text))).toEqual([]);
  });
});

describe('a bad assessor', () => {
  test('whose marks prefer wrong answers is seen by its marks', async () => {
    const upsideDown: Instead = (request, text) => (isAssessing(request) ? text.replace(/score (\w): (\d)/g, (_, letter, mark) => `score ${letter}: ${11 - Number(mark)}`) : text);
    const { report } = await run({ instead: upsideDown });
    expect(signsOf(report)).toContain('marks');
    expect(report.iterations[0]?.observed?.marks?.preferred).toBe(0);
  });

  test('who prefers what is shown first is seen by positions', async () => {
    const { report } = await run({ instead: (request, text) => (isAssessing(request) ? marking(9, 2) : text) });
    expect(signsOf(report)).toContain('positions');
    const positions = report.iterations[0]?.observed?.positions;
    expect(positions?.flipped).toBe(positions?.compared);
    expect(positions?.shift).toBe(14);
  });

  test('who gives no marks is seen as unreadable', async () => {
    const { report } = await run({ instead: (request, text) => (isAssessing(request) ? 'both are fine' : text) });
    expect(signsOf(report)).toContain('unreadable');
  });
});

describe('a bad augmentor', () => {
  test('who writes the seed again is repeating', async () => {
    const again: Instead = (request, text) => (isAugmenting(request) ? request.prompt.slice(request.prompt.indexOf(': ') + 2) : text);
    expect(signsOf((await run({ instead: again })).report)).toContain('repeating');
  });

  // Each unlike the others, and none that the toy world knows.
  const astray: Instead = ({ key, ...rest }, text) => (isAugmenting({ key, ...rest }) ? `${key.replace(/\D+/g, 'x')} whither wanders yonder ${key.length} moonlit` : text);

  test('who asks what no image answers is irrelevant', async () => {
    const { report } = await run({ instead: astray, settings: { rougeLimit: 1 } });
    expect(signsOf(report)).toContain('irrelevant');
    const written = report.iterations[0]?.observed?.written;
    expect(written).toEqual({ judged: report.iterations[0]?.kept, irrelevant: report.iterations[0]?.kept });
  });

  test('is not called irrelevant where the data set knows no truth', async () => {
    const { report } = await run({ instead: astray, settings: { rougeLimit: 1 }, data: { ...toyWorld, truth: () => null } });
    expect(signsOf(report)).not.toContain('irrelevant');
    expect(report.iterations[0]?.observed?.written).toBeNull();
  });
});

describe('a student', () => {
  test('that says one thing to everything has collapsed, in every iteration', async () => {
    const { report } = await run({ role: 'student', instead: () => 'yes' });
    expect(report.health?.filter(({ sign }) => sign === 'collapse').map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  });

  // From the first step on, or from one after the first snapshot on.
  test.each([[0, 0], [40, 1]])('whose loss is no number after %i steps is told to have diverged, and to a page that comes later too', async (from, iteration) => {
    const home = newHome();
    let steps = 0;
    const spoil = (model: ToyModel, who: string): ToyModel => (who === 'student' ? {
      ...model, step: async (batch, rate) => (steps++ < from ? model.step(batch, rate) : { loss: Number.NaN, targets: 1, tokens: 1 }),
    } : model);
    const { conductor, events, listen } = conductorAt(home, undefined, toyWorld, spoil);
    await listen();
    await conductor.start('tiny', toySettings());
    expect(await reached(conductor, 'finished', 'failed')).toBe('failed');
    expect(told(events)).toMatchObject([{ sign: 'divergence', iteration }]);
    const later = conductorAt(home);
    await later.listen();
    expect(told(later.events)).toEqual(told(events));
    await later.conductor.resume();
    expect(await reached(later.conductor, 'finished', 'failed')).toBe('finished');
    const after = conductorAt(home);
    await after.listen();
    expect(told(after.events).filter(({ sign }) => sign === 'divergence')).toEqual([]);
    expect(timeless(await later.conductor.report() ?? undefined)).toEqual(timeless(await runThrough(newHome(), toySettings())));
  });
});

test('a page that comes later is told the same signs again', async () => {
  const first = await run({ role: 'student', instead: () => 'yes' });
  const { events, listen } = conductorAt(first.home);
  await listen();
  expect(told(events)).toEqual(first.report.health);
  expect(told(events).length).toBeGreaterThan(0);
});
