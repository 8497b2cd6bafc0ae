/** A run over the user's own data, pictures without instructions among it. */
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/comd/events';
import { openOwnDataSet } from '../../../src/pools/own/data-set';
import { isHeldOut } from '../../../src/pools/own/split';
import { firstOf } from '../../../src/data/drawn';
import { conductorAt, ledgerAt, newHome, reached, recordsOf, timeless, toySettings, watchedRun } from '../../support/toy-run';
import { askedPictures, decode, ownHome, pictureFile, textFile, jsonLines, llavaRow } from '../../support/own-data';
import type { GivenFile } from '../../../workers/data-protocol';

const settings = toySettings({ iterations: 2, pool: 40, assessSample: 20, testItems: 10, data: 'own:x' });

async function dataOf(files: GivenFile[]) {
  const { database, take } = await ownHome();
  const { set } = await take(files);
  return openOwnDataSet(database, set?.id ?? '', null, decode);
}
const pictures = (count: number, from = 0) => Array.from({ length: count }, (_, i) => pictureFile(`alone/${i}.png`, from + i));

describe('a run over own data', () => {
  it('learns from its rows, is judged on its held-out ones, and keeps them out of the pools', async () => {
    const data = await dataOf(askedPictures(120));
    const { report, ledger } = await watchedRun(newHome(), settings, data);
    expect(report.iterations.map(({ tuningPool }) => tuningPool)[0]).toBe(40);
    expect(Object.values(report.teacher.byType).reduce((sum, { items }) => sum + items, 0)).toBeGreaterThan(0);
    const pool = await recordsOf(ledger);
    expect(pool.length).toBeGreaterThan(40);
    expect(pool.some(isHeldOut)).toBe(false);
  });

  it('says of no accuracy that it is 0 % where there is nothing to judge on', async () => {
    // None of these is held out: neither the pictures by their content nor the questions by their words.
    const rows = Array.from({ length: 200 }, (_, i) => `how much is ${i}?`).filter((instruction) => !isHeldOut({ image: '', instruction })).slice(0, 60);
    const data = await dataOf([textFile('t.jsonl', jsonLines(rows.map((text, i) => llavaRow(`${i}`, null, text, `it is ${i} of them`))))]);
    const home = newHome();
    const { conductor, events, listen } = conductorAt(home, undefined, data);
    await listen();
    await conductor.start('tiny', settings);
    expect(await reached(conductor, 'finished', 'failed')).toBe('finished');
    expect(await conductor.report()).toMatchObject({
      baselines: { blind: null, aligned: null }, teacher: { accuracy: null, heldOutStyle: null, byType: {} },
      iterations: [{ accuracy: null, heldOutStyle: null, byType: {} }, { accuracy: null }],
    });
    expect(notices(events).filter((text) => text.includes('no test items'))).toHaveLength(1);
  });

  it('is refused at its start, and nothing is discarded, where the data set cannot be opened', async () => {
    const home = newHome();
    const before = await watchedRun(home, toySettings({ iterations: 1 }));
    const gone = openOwnDataSet((await ownHome()).database, 'gone', null, decode);
    gone.catch(() => undefined);
    const { conductor } = conductorAt(home, undefined, gone);
    await expect(conductor.start('tiny', { ...settings, data: 'own:gone' })).rejects.toMatchObject({ code: 'settings/invalid' });
    expect(timeless(await conductor.report() ?? undefined)).toEqual(timeless(before.report));
  });
});

describe('pictures without instructions', () => {
  it('get their first ones from the teacher until the pool is full, each counted', async () => {
    const data = await dataOf(pictures(60));
    const home = newHome();
    const { conductor, events, listen } = conductorAt(home, undefined, data);
    await listen();
    await conductor.start('tiny', settings);
    expect(await reached(conductor, 'finished', 'failed')).toBe('finished');
    const first = await recordsOf(await ledgerAt(home, conductor), 0);
    expect(first).toHaveLength(40);
    expect(first.every(({ id, source, answer, image }) => id.startsWith('first-') && source === 'teacher' && answer !== '' && !isHeldOut({ image, instruction: '' }))).toBe(true);
    expect(notices(events).find((text) => text.includes('first instructions'))).toMatch(/40 pictures without any: 40 of \d+ joined the pools \(dropped: .*too short/);
    expect((await conductor.report())?.iterations[0]?.cachePool).toBe(40);
  });

  it('fill up what the rows leave open, and no more', async () => {
    const data = await dataOf([...askedPictures(20), textFile('alone.csv', `image,caption\n${Array.from({ length: 30 }, (_, i) => `alone/${i}.png,a thing`).join('\n')}\n`), ...pictures(30, 500)]);
    const { ledger } = await watchedRun(newHome(), settings, data);
    const first = await recordsOf(ledger, 0);
    const written = first.filter(({ id }) => id.startsWith('first-'));
    expect(first).toHaveLength(40);
    expect(first.length - written.length).toBe((await firstOf(data.records(1), 1000)).length);
  });

  it('give the same run whether it was interrupted or not', async () => {
    const data = await dataOf(pictures(60));
    const whole = await watchedRun(newHome(), settings, data);
    const home = newHome();
    let calls = 0;
    const broken = conductorAt(home, (call) => { if (call === 'generate' && ++calls === 3) throw new Error('unplugged'); }, data);
    await broken.conductor.start('tiny', settings);
    expect(await reached(broken.conductor, 'failed')).toBe('failed');
    const { conductor } = conductorAt(home, undefined, data);
    await conductor.resume();
    expect(await reached(conductor, 'finished', 'failed')).toBe('finished');
    expect(timeless(await conductor.report() ?? undefined)).toEqual(timeless(whole.report));
  });
});

it('a data set from which nothing can be learned ends the run with the reason', async () => {
  const { database, take } = await ownHome();
  // Whatever is held out by its words is a test item.
  const texts = Array.from({ length: 40 }, (_, i) => `how much is ${i}?`).filter((instruction) => isHeldOut({ image: '', instruction }));
  const { set } = await take([textFile('t.jsonl', jsonLines(texts.map((text, i) => llavaRow(`${i}`, null, text, 'it'))))]);
  const { conductor, events, listen } = conductorAt(newHome(), undefined, await openOwnDataSet(database, set?.id ?? '', null, decode));
  await listen();
  await conductor.start('tiny', settings);
  expect(await reached(conductor, 'failed', 'finished')).toBe('failed');
  expect(events.find((event) => event.type === 'error')).toMatchObject({ error: { code: 'data/unreadable', message: expect.stringContaining('nothing to learn from') as string } });
});

const notices = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
