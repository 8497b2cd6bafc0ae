/**
 * The conductor's thread: gives the owner of the run its threads, its storage and its lock, and exposes it. It decides
 * nothing.
 */
import * as Comlink from 'comlink';
import * as store from '../src/checkpoint/store';
import { RunConductor } from '../src/comd/conduct';
import { reportHtml } from '../src/experiments/report-html';
import { promptFormAt } from '../src/model/prompt-form';
import { alone } from './alone';
import { openAnyDataSet } from './data-sets';
import { openModels } from './model-threads';
import './transfer';

/** The page's folder: this script lies one folder below it, in the source as in the build. */
const base = new URL('../', self.location.href).href;

const conductor = new RunConductor({
  openModels,
  openDataSet: (name) => openAnyDataSet(name, base),
  modelUrl: (path) => new URL(path, base).href,
  promptForm: promptFormAt,
  store,
  // All tabs share the one database.
  alone: (work) => alone(work, {
    message: 'Another tab is conducting a run, or experiments are under way.', remedy: 'Go on in that tab or close it, or stop the experiments.',
  }),
  reportHtml,
});
Comlink.expose(conductor);
