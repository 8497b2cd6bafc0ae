/**
 * The experiments that there are: the paper's ablations, the questions that it leaves open, and what this project adds.
 * Data; how runs are planned and what is made of them is told elsewhere.
 *
 * `iterations` needs one run a seed for all its points: nothing in a run looks at how many iterations are still to come,
 * so that the first k of a longer one are a run of k. The last iteration only leaves out the growth after it, which no
 * accuracy up to there has seen.
 */
import type { Settings } from '../settings';
import type { Experiment, Reading, Variant } from './experiment';

const atTheEnd: Reading = { on: 'test', after: 'last' };

/** A variant of settings, judged on the test items at the end of its run. */
const tried = (label: string, x: number, settings: Partial<Settings>, usual = false): Variant => ({ label, x, settings, reading: atTheEnd, usual });

/** One setting over numbers. */
function over<K extends keyof Settings>(name: K, values: readonly (Settings[K] & number)[], usual: number): Variant[] {
  return values.map((value) => tried(String(value), value, { [name]: value }, value === usual));
}

const mostIterations = 6;

export const experiments = [
  {
    name: 'tau', title: 'Threshold of difficulty', question: 'How difficult must an instruction be to be worth augmenting around?',
    claim: 'tau = 0.33 is best.', axis: { label: 'tau', kind: 'number' }, contrast: 'usual minus each',
    variants: over('tau', [0, 0.17, 0.33, 0.5, 0.67, 1], 0.33),
  },
  {
    name: 'iterations', title: 'Iterations', question: 'How much does each iteration gain?',
    claim: 'Every iteration gains, the first one most.', axis: { label: 'iteration', note: '0 is after stage 1', kind: 'number' }, contrast: 'each minus the one before',
    variants: Array.from({ length: mostIterations + 1 }, (_, after): Variant => (
      { label: String(after), x: after, settings: { iterations: mostIterations }, reading: { on: 'test', after }, usual: after === 4 }
    )),
  },
  {
    name: 'stage1', title: 'With and without stage 1', question: 'Is pre-training on captions worth its time?',
    claim: 'Pre-training helps.', axis: { label: 'stage 1', kind: 'category' }, contrast: 'usual minus each',
    variants: [tried('with', 0, {}, true), tried('without', 1, { alignPairs: 0 })],
  },
  {
    name: 'pool', title: 'Size of the first pool', question: 'How much does the size of the first pool matter?',
    claim: null, axis: { label: 'records in the first pool', kind: 'number' }, contrast: 'each minus the one before',
    variants: over('pool', [200, 400, 800, 1600], 800),
  },
  {
    name: 'student', title: 'Size of the student', question: 'How large must the student be to catch up with its teacher?',
    claim: 'A student of half the teacher\'s size overtakes it after four iterations.', axis: { label: 'student', kind: 'category' }, contrast: 'each minus usual',
    variants: [
      tried('small', 0, { student: 'bundled:emoji-student-small' }), tried('the preset\'s', 1, {}, true), tried('large', 2, { student: 'bundled:emoji-student-large' }),
    ],
  },
  {
    name: 'strategies', title: 'Strategies at equal cost', question: 'Does competition help?',
    claim: null, axis: { label: 'strategy', kind: 'category' }, contrast: 'usual minus each',
    variants: [
      tried('comd', 0, {}, true), tried('random', 1, { strategy: 'random' }), tried('one-way', 2, { strategy: 'one-way' }), tried('none', 3, { strategy: 'none' }),
    ],
  },
  {
    name: 'parts', title: 'Parts that are not in the paper', question: 'What is each of this project\'s own parts worth?',
    claim: null, axis: { label: 'left out', kind: 'category' }, contrast: 'usual minus each',
    variants: [
      tried('nothing', 0, {}, true), tried('contest', 1, { contested: false }), tried('reserve', 2, { reserve: 0 }), tried('sureness', 3, { leastSure: 0 }),
      tried('likeness', 4, { imageChoices: 1 }), tried('own answer', 5, { ownReference: false }),
      tried('all five', 6, { contested: false, reserve: 0, leastSure: 0, imageChoices: 1, ownReference: false }),
    ],
  },
  {
    name: 'difficulty', title: 'Measures of difficulty', question: 'Which measure of difficulty finds what is worth learning?',
    claim: null, axis: { label: 'difficulty', kind: 'category' }, contrast: 'usual minus each',
    variants: [
      tried('relative', 0, {}, true), tried('range', 1, { difficulty: 'range' }),
      // `raw` is a difference of marks, 1..10: a threshold on 0..1 means little there, and Lion's is 1.
      tried('raw, tau 1', 2, { difficulty: 'raw', tau: 1 }),
      tried('vote', 3, { difficulty: 'vote' }), tried('verifiable', 4, { difficulty: 'verifiable' }),
    ],
  },
  {
    name: 'domain', title: 'Another domain', question: 'Does what was learned hold for pictures in a style that the student never saw?',
    claim: null, axis: { label: 'test items', kind: 'category' }, contrast: 'each minus usual',
    variants: [
      tried('learned styles', 0, {}, true), { ...tried('held-out style', 1, {}), reading: { on: 'held-out style', after: 'last' } },
    ],
  },
  {
    name: 'soft', title: 'Soft targets', question: 'Do the teacher\'s likelihoods teach more than its words?',
    claim: null, axis: { label: 'soft targets', kind: 'category' }, contrast: 'each minus usual',
    variants: [tried('off', 0, { softWeight: 0 }, true), tried('on', 1, { softWeight: 1 })],
  },
] as const satisfies readonly Experiment[];

export type ExperimentName = (typeof experiments)[number]['name'];

export const experimentNames: readonly ExperimentName[] = experiments.map(({ name }) => name);

export function experimentOf(name: ExperimentName): Experiment {
  return experiments.find((experiment) => experiment.name === name) as Experiment;
}

export function isExperiment(name: string): name is ExperimentName {
  return (experimentNames as readonly string[]).includes(name);
}
