import { describe, expect, test } from 'vitest';
import { ComdError } from '../../../src/errors';
import type { Report } from '../../../src/comd/report';
import { type Failure, outcomeOf } from '../../../src/experiments/outcome';
import { plan, type PlannedRun } from '../../../src/experiments/plan';
import { type Archive, type Make, makeSeries, type SeriesEvent } from '../../../src/experiments/series';
import { reportOfRun, wishOf } from '../../support/synthetic-outcomes';

const runs = plan(['strategies'], wishOf(1));

function archive(): Archive & { reports: Map<string, Report>; failures: Map<string, Failure> } {
  const [reports, failures] = [new Map<string, Report>(), new Map<string, Failure>()];
  return {
    reports, failures,
    outcome: async (run) => { const report = reports.get(run); return report === undefined ? null : outcomeOf(run, report); },
    keep: async ({ id }, report) => { reports.set(id, report); },
    keepFailure: async ({ id }, failure) => { failures.set(id, failure); },
  };
}

const make: Make = async (run) => reportOfRun(run);

async function series(kept: Archive, by: Make, version = '0.1.0', signal = new AbortController().signal): Promise<SeriesEvent[]> {
  const events: SeriesEvent[] = [];
  await makeSeries({ runs, version, archive: kept, make: by, signal, tell: (event) => { events.push(event); } });
  return events;
}
const nameOf = ({ settings }: PlannedRun): string => settings.strategy;

describe('a series of runs', () => {
  test('makes one after the other, and says how many are left', async () => {
    let underWay = 0;
    const events = await series(archive(), async (run) => {
      underWay += 1;
      await Promise.resolve();
      expect(underWay).toBe(1);
      underWay -= 1;
      return reportOfRun(run);
    });
    expect(events[0]).toEqual({ type: 'planned', todo: 4, made: 0 });
    expect(events.flatMap((event) => (event.type === 'made' ? [`${nameOf(event.run)} ${event.left}`] : []))).toEqual(['comd 3', 'random 2', 'one-way 1', 'none 0']);
  });

  test('makes nothing again that is there', async () => {
    const kept = archive();
    await series(kept, make);
    expect(await series(kept, async () => { throw new Error('Nothing was to be made.'); })).toEqual([{ type: 'planned', todo: 0, made: 4 }]);
  });

  test('makes anew what another version or other settings have made', async () => {
    const kept = archive();
    await series(kept, make);
    expect((await series(kept, make, '9.9.9'))[0]).toMatchObject({ todo: 4 });
    const [run] = runs as [PlannedRun];
    kept.reports.set(run.id, { ...reportOfRun(run), settings: { ...run.settings, pool: 7 } });
    expect((await series(kept, make))[0]).toMatchObject({ todo: 1, made: 3 });
  });

  test('keeps what a run failed with, goes on with the others, and tries it again next time', async () => {
    const kept = archive();
    const events = await series(kept, async (run) => {
      if (run.settings.strategy === 'random') throw new ComdError('run/diverged', 'The loss is no longer a number.', 'Lower the rate.');
      return reportOfRun(run);
    });
    expect(events.flatMap((event) => (event.type === 'failed' ? [nameOf(event.run)] : []))).toEqual(['random']);
    expect([...kept.failures.values()]).toEqual([{ run: runs[1]?.id, seed: 1, message: 'The loss is no longer a number.', remedy: 'Lower the rate.' }]);
    expect(kept.reports.size).toBe(3);
    expect((await series(kept, make))[0]).toMatchObject({ todo: 1 });
  });

  test('ends at the run under way when it is interrupted, and keeps neither a report nor a failure of it', async () => {
    const kept = archive();
    const stop = new AbortController();
    const interrupted = series(kept, async (run, signal) => {
      if (run.settings.strategy === 'random') {
        stop.abort(new Error('Interrupted.'));
        signal.throwIfAborted();
      }
      return reportOfRun(run);
    }, '0.1.0', stop.signal);
    await expect(interrupted).rejects.toThrow('Interrupted.');
    expect([kept.reports.size, kept.failures.size]).toEqual([1, 0]);
    expect((await series(kept, make))[0]).toMatchObject({ todo: 3, made: 1 });
  });
});
