/**
 * How the cost of a run's pools grows with their records: what a run does with them, by the code that a run does it with,
 * in this browser's IndexedDB and on records of the bundled data set. No model is asked for anything: the teacher is a list.
 */
import manifest from '../../../public/datasets/emoji/manifest.json';
import { drawSample, verdictOn, type Verdict } from '../../../src/comd/assess';
import { Augmentation, growthTarget } from '../../../src/comd/augment';
import { comparisonsPerBatch, inBatches, numbered } from '../../../src/comd/batches';
import { KnownInstructions } from '../../../src/comd/filters';
import { Gate } from '../../../src/comd/gate';
import { bothPools } from '../../../src/comd/prepare';
import { Progress } from '../../../src/comd/progress';
import type { Answerer, Augmentor } from '../../../src/comd/roles';
import { Work } from '../../../src/comd/work';
import { emojiDataSet } from '../../../src/data/emoji/open';
import { parseWorld } from '../../../src/data/emoji/world';
import type { DataSet, InstructionRecord } from '../../../src/data/types';
import { openPools, type PoolsDatabase } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import { discardRun } from '../../../src/pools/runs';
import { TestItems } from '../../../src/pools/test-items';
import { pick, stream } from '../../../src/random';
import { defaults, type Settings } from '../../../src/settings';
import { words } from '../../../src/text/words';
import type { CpuClock } from './cpu';
import { Laps } from './laps';
import { countRequests } from './requests';
import type { PoolsRow } from './row';

const iteration = 1;
/** New instructions that are held against all that is known. */
const candidates = 256;

/** All works at a pool of so many records, each so often. */
export async function measurePools(records: number, repeats: number, cpu: CpuClock): Promise<PoolsRow[]> {
  const database = await openPools();
  const data = emojiDataSet(parseWorld(manifest), () => Promise.reject(new Error('No image is looked at here.')));
  const laps = new Laps(countRequests(), cpu);
  for (let i = 0; i < repeats; i++) await oneRun(`run ${i}`, database, data, settingsFor(records, i), laps);
  return laps.rows(records);
}

/** The share of the records that is assessed is that of the defaults. */
function settingsFor(records: number, seed: number): Settings {
  return { ...defaults, seed, pool: records, assessSample: Math.round(records * defaults.assessSample / defaults.pool) };
}

async function oneRun(run: string, database: PoolsDatabase, data: DataSet, settings: Settings, laps: Laps): Promise<void> {
  const { pool: count, seed } = settings;
  const first = await laps.of('draw from the data set', count, () => data.records(count, seed));
  const forbidden = new TestItems(data.test(settings.testItems));
  const empty = await Ledger.open(database, run, forbidden);
  const firstPool = { iteration: 0, phase: 'load', item: 'first pool' } as const;
  await laps.of('add to the pools', count, () => empty.commit(firstPool, mark, { records: first.map((record) => ({ record, pools: bothPools })) }));
  const cache = await laps.of('read a pool back', count, () => empty.pool('cache', 0));
  const sample = await laps.of('draw the sample', count, () => drawSample(cache, iteration, settings));
  const verdict = await laps.of('keep and read assessments', sample.length, () => assess(empty, sample, cache, settings));
  const ledger = await laps.of('open the ledger', count, () => Ledger.open(database, run, forbidden));
  await grow(ledger, cache, verdict, settings, laps);
  await novelty(cache, settings, laps);
  await laps.of('discard the run', count, () => discardRun(database, run));
}

const mark = { result: null, items: 1, tokens: 0, seconds: 0, clock: 0 };

/** As an iteration does it: batch by batch. Every other record is marked as difficult. */
async function assess(ledger: Ledger, sample: readonly InstructionRecord[], cache: readonly InstructionRecord[], settings: Settings): Promise<Verdict> {
  const sheets = [{ teacher: 9, student: 1 }, { teacher: 5, student: 5 }];
  for (const [i, batch] of inBatches(sample, comparisonsPerBatch(sample.length)).entries()) {
    const assessments = batch.map(({ id, answer }, at) => ({ iteration, id, teacherAnswer: answer, studentAnswer: '', sheets: [sheets[at % 2] ?? null] }));
    await ledger.commit({ iteration, phase: 'assess', item: `marks/${numbered(i)}` }, mark, { assessments });
  }
  return verdictOn(await ledger.assessments(iteration), cache, settings);
}

/** A whole augmentation, shared among the tries: filters, answers and writes. What is written is asked of some other record. */
async function grow(ledger: Ledger, cache: readonly InstructionRecord[], verdict: Verdict, settings: Settings, laps: Laps): Promise<void> {
  const target = growthTarget(iteration, cache.length, settings);
  const writes: Augmentor = (seeds) => Promise.resolve(seeds.map(({ key }) => ({ text: pick(cache, stream(settings.seed, key)).instruction, tokens: 1 })));
  const answers: Answerer = (questions) => Promise.resolve(questions.map(() => ({ text: 'yes', tokens: 1 })));
  const work = new Work(ledger, new Gate(), new Progress(() => undefined));
  await laps.ofMany('grow by augmentation', async () => {
    const growth = await new Augmentation(iteration, target, verdict, cache, ledger.forbidden, settings).run(writes, answers, work);
    if (growth.kept < target) throw new Error(`Augmentation kept ${growth.kept} of ${target}: ${JSON.stringify(growth.dropped)}.`);
    return growth.generated;
  });
}

/** Repeats and likenesses alone: within an image, among all, and among all where no two share their wording. */
async function novelty(cache: readonly InstructionRecord[], settings: Settings, laps: Laps): Promise<void> {
  // Backwards they are new to every pool, so that each is held against all of its scope.
  const fresh = cache.slice(0, candidates).map((record) => ({ ...record, instruction: words(record.instruction).reverse().join(' ') }));
  const scopes = [
    { what: 'tell new ones within an image', known: cache, fresh, dedupe: 'image' },
    { what: 'tell new ones among all', known: cache, fresh, dedupe: 'global' },
    { what: 'tell new ones, no wording twice', known: invented(cache, 'known'), fresh: invented(fresh, 'fresh'), dedupe: 'global' },
  ] as const;
  for (const scope of scopes) {
    const known = new KnownInstructions({ ...settings, dedupe: scope.dedupe });
    for (const { image, instruction } of scope.known) known.add(image, instruction);
    await laps.of(scope.what, candidates, () => scope.fresh.filter(({ image, instruction }) => known.fault(image, instruction) !== null));
  }
}

/** The same records with wordings of their own: words as frequent as in a language, the n-th in proportion to 1/n. */
function invented(records: readonly InstructionRecord[], name: string): InstructionRecord[] {
  const [vocabulary, length] = [10_000, 10];
  return records.map((record, i) => {
    const draw = stream('invented', name, i);
    return { ...record, instruction: Array.from({ length }, () => `word${Math.floor(vocabulary ** draw())}`).join(' ') };
  });
}
