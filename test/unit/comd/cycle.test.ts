/** The whole cycle on a toy world in Node: what it reports, and that no interruption shows in it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/comd/report';
import { conductorAt, ledgerAt, newHome, reached, recordsOf, runThrough, timeless, toySettings } from '../../support/toy-run';

const settings = toySettings();

describe('an uninterrupted run', () => {
  const home = newHome();
  let report: Report;
  beforeAll(async () => { report = await runThrough(home, settings); });

  it('reports every iteration, the last one without assessment', () => {
    expect(report.iterations.map((it) => it.iteration)).toEqual([1, 2, 3]);
    expect(report.iterations.map((it) => it.assessed)).toEqual([40, 40, 0]);
    expect(report.iterations[2]).toMatchObject({ generated: 0, kept: 0, difficult: 0, easy: 0, unparsable: 0, dropped: {} });
  });

  it('grows both pools by the shares that were asked for', () => {
    const grown = Math.round(60 * 0.38);
    const again = Math.round((60 + grown) * 0.3);
    expect(report.iterations.map((it) => it.tuningPool)).toEqual([60, 60 + grown, 60 + grown + again]);
    expect(report.iterations.map((it) => it.cachePool)).toEqual([60, 60 + grown, 60 + grown + again]);
    expect(report.iterations.map((it) => it.kept)).toEqual([grown, again, 0]);
  });

  it('accounts for every assessment and every generated instruction', () => {
    for (const it of report.iterations) {
      expect(it.difficult + it.easy + it.unparsable).toBe(it.assessed);
      expect(it.histogram.reduce((a, b) => a + b)).toBe(it.difficult + it.easy);
      expect(it.kept + Object.values(it.dropped).reduce((a, b) => a + b, 0)).toBe(it.generated);
    }
    expect(report.iterations[0]?.dropped['too short']).toBeGreaterThan(0);
  });

  it('takes as many steps as batches, and reports the loss of each', () => {
    expect(report.align.losses).toHaveLength(Math.ceil(report.align.kept / 4));
    expect(report.iterations.map((it) => it.losses.length)).toEqual(report.iterations.map((it) => 2 * Math.ceil(it.tuningPool / 3)));
  });

  it('measures a student that learns, between the blind baseline and its teacher', () => {
    expect(report.iterations.at(-1)?.accuracy).toBeGreaterThan(report.baselines.aligned ?? 1);
    expect(report.teacher.accuracy).toBeGreaterThan(0.85);
    expect(report.baselines.blind).toBeGreaterThan(0);
    expect(report.iterations[0]?.heldOutStyle).not.toBeNull();
  });

  it('gives every new record the image of its seed, and the answer of the teacher', async () => {
    const ledger = await ledgerAt(home, conductorAt(home).conductor);
    const pool = await recordsOf(ledger);
    const byId = new Map(pool.map((record) => [record.id, record]));
    const fresh = pool.filter((record) => record.iteration === 1);
    expect(fresh.map((record) => record.id)).toEqual(fresh.map((_, i) => `k1-${String(i).padStart(6, '0')}`));
    for (const record of fresh) {
      expect(record.source).toBe('teacher');
      expect(record.image).toBe(byId.get(record.seedId ?? '')?.image);
    }
  });

  it('keeps of its snapshots only the finished student', () => {
    expect([...home.store.kept.keys()].map((key) => key.split('/').slice(2).join('/'))).toEqual(['saved/model.safetensors']);
  });

  it('reports the same again for the same seed, and something else for another', async () => {
    expect(timeless(await runThrough(newHome(), settings))).toEqual(timeless(report));
    const other = await runThrough(newHome(), { ...settings, seed: 2 });
    expect(other.iterations[0]?.losses).not.toEqual(report.iterations[0]?.losses);
  });
});

describe('an interrupted run', () => {
  // Restarting from alignment, and pools that are replaced, have more to get wrong on the way back.
  it.each([
    ['as it is by default', settings],
    ['with replaced pools, restarts and relabelling', toySettings({ poolMode: 'replace', restartFromAlignment: true, relabelWithTeacher: true, growth1: 1, growth2: 1 })],
  ])('reports what an uninterrupted one does, %s', async (_, wanted) => {
    const undisturbed = timeless(await runThrough(newHome(), wanted));
    for (const patience of [17, 60, 150]) {
      const home = newHome();
      let calls = 0;
      let lives = 1;
      const failing = () => { if (++calls === patience * lives) throw new Error('the power went'); };
      let { conductor } = conductorAt(home, failing);
      await conductor.start('tiny', wanted);
      while ((await reached(conductor, 'finished', 'failed')) === 'failed') {
        // A fresh conductor, as after a reload: nothing but the stores is left. It lasts a little longer than the last.
        calls = 0;
        lives++;
        ({ conductor } = conductorAt(home, failing));
        await conductor.resume();
      }
      expect(lives).toBeGreaterThan(1);
      expect(timeless((await conductor.report()) as Report)).toEqual(undisturbed);
    }
  });

  it('goes on from a page that was closed in the middle of a call', async () => {
    const undisturbed = timeless(await runThrough(newHome(), settings));
    for (const at of [30, 90, 160, 230]) {
      const home = newHome();
      let calls = 0;
      let closed: () => void = () => undefined;
      const closing = new Promise<void>((resolve) => { closed = resolve; });
      const { conductor } = conductorAt(home, () => {
        if (++calls < at) return undefined;
        closed();
        return new Promise(() => undefined);
      });
      await conductor.start('tiny', settings);
      await closing;
      const after = conductorAt(home).conductor;
      expect((await after.state()).state).toBe('running');
      await after.resume();
      expect(await reached(after, 'finished', 'failed')).toBe('finished');
      expect(timeless((await after.report()) as Report)).toEqual(undisturbed);
    }
  });
});
