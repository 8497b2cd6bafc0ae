/**
 * The thread of the experiments: gives them a conductor of their own, their storage and the lock that all conductors
 * share, and exposes them. It decides nothing.
 */
import * as Comlink from 'comlink';
import { version } from '../package.json';
import * as store from '../src/checkpoint/store';
import { RunConductor } from '../src/comd/conduct';
import { ExperimentLaboratory } from '../src/experiments/laboratory';
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
  // The laboratory holds the lock for a whole series: between two runs nobody is to come in.
  alone: (work) => work(),
  reportHtml,
  database: 'comd-experiments',
});
const laboratory = new ExperimentLaboratory({
  conductor,
  alone: (work) => alone(work, {
    message: 'A run is under way or paused, or experiments are going on in another tab.',
    remedy: 'Stop it on the Run screen, or wait for its end; in another tab, go on there or close it.',
  }),
  version,
  reportHtml,
});
Comlink.expose(laboratory);
