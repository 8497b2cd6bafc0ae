/** A whole run over real threads, models, IndexedDB and OPFS, with models too small to learn anything. */
import { expect, test } from 'vitest';
import { openModels } from '../../../workers/model-threads';
import * as store from '../../../src/checkpoint/store';
import { type Models, RunConductor } from '../../../src/comd/conduct';
import type { RunEvent } from '../../../src/comd/events';
import { openDataSet } from '../../../src/data/datasets';
import { promptFormAt } from '../../../src/model/prompt-form';
import { settingsOf } from '../../../src/presets';

const settings = settingsOf('tiny', {
  backend: 'wasm', iterations: 2, maxNewTokens: 4, assessSample: 2, testItems: 4, heldOutItems: 2, tuneBatch: 4, alignPairs: 64,
});

function conductorOver(database: string) {
  const opened: Models[] = [];
  const conductor = new RunConductor({
    openModels: () => {
      const models = openModels();
      opened.push(models);
      return models;
    },
    openDataSet: (name) => openDataSet(name, location.origin),
    modelUrl: () => `${location.origin}/test/fixtures/llava-tiny`,
    promptForm: promptFormAt,
    store,
    alone: (work) => work(),
    reportHtml: () => '',
    database,
  });
  return { conductor, close: () => { for (const models of opened) models.close(); } };
}

/** Listens and resolves with the first event that is `wanted`. */
function hear(conductor: RunConductor, wanted: (event: RunEvent) => boolean): Promise<RunEvent> {
  return new Promise((resolve, reject) => {
    conductor.listen((event) => { if (wanted(event)) resolve(event); }).catch(reject);
  });
}
const ended = (event: RunEvent) => event.type === 'error' || (event.type === 'state' && event.state === 'finished');

async function reportOf(conductor: RunConductor): Promise<unknown> {
  expect(await hear(conductor, ended)).toEqual({ type: 'state', state: 'finished' });
  const report = await conductor.report();
  expect(report?.iterations).toHaveLength(2);
  return JSON.parse(JSON.stringify(report, (key, value: unknown) => (key === 'seconds' ? null : value)));
}

test('a run in real threads comes to the same report when its threads end in the middle of tuning', async () => {
  const whole = conductorOver('threads-whole');
  await whole.conductor.start('tiny', settings);
  const report = await reportOf(whole.conductor);

  const cut = conductorOver('threads-cut');
  await cut.conductor.start('tiny', settings);
  await hear(cut.conductor, (event) => event.type === 'loss' && event.iteration === 1);
  cut.close();

  const after = conductorOver('threads-cut');
  await after.conductor.resume();
  expect(await reportOf(after.conductor)).toEqual(report);
  await whole.conductor.discard();
  await after.conductor.discard();
}, 180_000);
