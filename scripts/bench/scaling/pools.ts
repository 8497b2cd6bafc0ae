/**
 * How the cost of a run's pool grows with its records: what a run does with them, by the code that a run does it with,
 * in this browser's IndexedDB and on records of the bundled data set. No model is asked for anything: the teacher is a list.
 */
import manifest from '../../../public/datasets/emoji/manifest.json';
import { drawSample, verdictOn, type Verdict } from '../../../src/comd/assess';
import { Augmentation } from '../../../src/comd/augment';
import { comparisonsPerBatch, inBatches, numbered, rangeOf } from '../../../src/comd/batches';
import { Gate } from '../../../src/comd/gate';
import { importPool } from '../../../src/comd/import-pool';
import { KnownInPool } from '../../../src/comd/known-in-pool';
import { Progress } from '../../../src/comd/progress';
import type { Answerer, Augmentor } from '../../../src/comd/roles';
import type { Chooser } from '../../../src/comd/likeness';
import type { SoftScorer } from '../../../src/comd/soft';
import type { SureJudge } from '../../../src/comd/sureness';
import { passesOver } from '../../../src/comd/training';
import { Work } from '../../../src/comd/work';
import { firstOf, inChunks } from '../../../src/data/drawn';
import { emojiDataSet } from '../../../src/data/emoji/open';
import { parseWorld } from '../../../src/data/emoji/world';
import { llavaLines } from '../../../src/data/export/llava';
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

/** The import comes into the first one, and what is measured belongs to the second. */
const iteration = 2;
/** Records that are added to the pool at a time; those of the first time are among those that are read. */
const added = 4096;
/** Several, since the browser's database tidies up during some and not during others. */
const additions = 4;
const chunk = 1024;
/** Samples that are drawn and read, each of another iteration: one alone takes too few ticks of the CPU to be told. */
const samples = 8;
/** Training batches that are read. */
const batches = 64;
/** New instructions that are held against all that is known, and how many draws of them have looked up what their images know. */
const candidates = 256;
const lookUps = 8;
/** Records that augmentation adds. */
const target = 512;

/** All works at a pool of so many records, each so often. */
export async function measurePools(records: number, repeats: number, cpu: CpuClock): Promise<PoolsRow[]> {
  const database = await openPools();
  const data = emojiDataSet(parseWorld(manifest), () => Promise.reject(new Error('No image is looked at here.')));
  const laps = new Laps(countRequests(), cpu);
  for (let i = 0; i < repeats; i++) await oneRun(`run ${i}`, database, data, records, { ...defaults, seed: i }, laps, cpu);
  return laps.rows(records);
}

async function oneRun(run: string, database: PoolsDatabase, data: DataSet, count: number, settings: Settings, laps: Laps, cpu: CpuClock): Promise<void> {
  const file = await laps.of('write a file of records', count, () => fileOf(data, count, settings.seed));
  const forbidden = new TestItems(await data.test(settings.testItems));
  const empty = await Ledger.open(database, run, forbidden);
  await laps.of('import a file of records', count, () => importPool({ data, ledger: empty, settings }, file));
  await quiet(cpu);
  await empty.commit({ iteration: 1, phase: 'save', item: 'report' }, mark);
  await add(empty, 0, data, settings, laps);
  const ledger = await laps.of('open the ledger', count, () => Ledger.open(database, run, forbidden));
  const sample = await laps.of('draw and read samples', samples * Math.min(count, settings.assessSample), () => samplesOf(ledger, settings));
  const verdict = await laps.of('keep and read assessments', sample.length, () => assess(ledger, sample, settings));
  await laps.of('read training batches', batches * settings.tuneBatch, () => readBatches(ledger, count, settings));
  // The first look-up of either kind reads the keys of all records, the later ones only those that came in since.
  await laps.of('look up an id for the first time', count, () => ledger.pool.withIds(['nobody']));
  await laps.of('look up an image for the first time', count, () => ledger.pool.ofImages(['nobody'], iteration, () => undefined));
  await laps.of('find records by their ids', sample.length, () => ledger.pool.withIds(sample.map(({ id }) => id)));
  await laps.of('read all, one by one', count, () => readAll(ledger));
  await grow(ledger, data, sample, verdict, settings, laps);
  await novelty(ledger, count, settings, laps);
  await quiet(cpu);
  for (const turn of rangeOf(1, additions)) await add(ledger, turn, data, settings, laps);
  await laps.of('discard the run', count, () => discardRun(database, run));
}

/** Waits until the browser has nothing to do: its database goes on tidying up for a while after much was written. */
async function quiet(cpu: CpuClock): Promise<void> {
  const [tries, pause] = [60, 500];
  for (let i = 0, before = await cpu(); i < tries; i++) {
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    const now = await cpu();
    if (now - before < 0.1 * pause / 1000) return;
    before = now;
  }
}

const mark = { result: null, items: 1, calls: 1, tokens: 0, seconds: 0, clock: 0 };

/** So many records of the data set lend the others their questions: drawing a million of its own would take longer than all else. */
const drawn = 2048;

/** Records as a file of JSONL: in pieces, since all of it as one text would not fit. */
async function fileOf(data: DataSet, count: number, seed: number): Promise<File> {
  const questions = await firstOf(data.records(seed), drawn);
  async function* records(): AsyncGenerator<InstructionRecord> {
    for (let i = 0; i < count; i++) {
      const random = stream(seed, 'written', i);
      yield { ...pick(questions, random), id: String(i), image: await rareImage(data, random) };
    }
  }
  const parts: Blob[] = [];
  for await (const lines of inChunks(llavaLines(records()), 4096)) parts.push(new Blob([lines.join('')]));
  return new File(parts, 'records.jsonl');
}

/**
 * An image of three or four emoji. There are so few of fewer that each had the more records the larger a pool is: among a million of
 * two or more, an image asked about has about six; among a million of these, as among a thousand, it has its one.
 */
async function rareImage(data: DataSet, random: () => number): Promise<string> {
  for (;;) {
    const image = await data.drawImage(random);
    const [, , ...emoji] = image.split('_');
    if (emoji.length > 2) return image;
  }
}

/** Chunk by chunk, as the first pool is filled. */
async function add(ledger: Ledger, turn: number, data: DataSet, settings: Settings, laps: Laps): Promise<void> {
  const records = (await firstOf(data.records(settings.seed + 0.5 + turn), added)).map((record) => ({ ...record, id: `${turn}/${record.id}` }));
  await laps.of('add to the pool', added, async () => {
    for (const [i, some] of inBatches(records, chunk).entries()) await ledger.commit({ iteration: 1, phase: 'load', item: `added/${turn}/${i}` }, mark, { added: some });
  });
}

/** Reads the samples of some iterations, one after another, and gives the last. */
async function samplesOf({ pool }: Ledger, settings: Settings): Promise<InstructionRecord[]> {
  let sample: InstructionRecord[] = [];
  for (const later of rangeOf(0, samples)) sample = await pool.at(drawSample({ from: 0, size: await pool.size(iteration - 1) }, iteration + later, settings));
  return sample;
}

/** As an iteration does it: batch by batch. Every other record is marked as difficult. */
async function assess(ledger: Ledger, sample: readonly InstructionRecord[], settings: Settings): Promise<Verdict> {
  const sheets = [{ teacher: 9, student: 1 }, { teacher: 5, student: 5 }];
  for (const [i, batch] of inBatches(sample, comparisonsPerBatch(sample.length)).entries()) {
    const assessments = batch.map(({ id, answer }, at) => ({ iteration, id, teacherAnswer: answer, studentAnswer: '', sheets: [sheets[at % 2] ?? null], right: null }));
    await ledger.commit({ iteration, phase: 'assess', item: `marks/${numbered(i)}` }, mark, { assessments });
  }
  return verdictOn(await ledger.assessments(iteration), sample, settings);
}

async function readBatches({ pool }: Ledger, count: number, { tuneBatch, seed }: Settings): Promise<void> {
  const passes = passesOver(count, batches, tuneBatch, seed, 'tune', iteration);
  // A pass over few records ends in a batch of fewer: all are read from whole ones.
  const whole = Math.floor(count / tuneBatch);
  for (const step of rangeOf(0, batches)) await pool.at(passes.at(step % whole));
}

async function readAll({ pool }: Ledger): Promise<number> {
  let read = 0;
  for await (const _ of pool.each()) read++;
  return read;
}

/** A whole augmentation, shared among the tries: filters, answers and writes. What is written is asked of some other record. */
async function grow(ledger: Ledger, data: DataSet, sample: readonly InstructionRecord[], verdict: Verdict, settings: Settings, laps: Laps): Promise<void> {
  const augments: Augmentor = (seeds) => Promise.resolve(seeds.map(({ key }) => ({ text: pick(sample, stream(settings.seed, key)).instruction, tokens: 1 })));
  const teacherAnswers: Answerer = (questions) => Promise.resolve(questions.map(() => ({ text: 'yes', tokens: 1 })));
  const chooses: Chooser = (wishes) => Promise.resolve(wishes.map(({ among }) => among[0] as string));
  const isSure: SureJudge = (answered) => Promise.resolve(answered.map(() => true));
  const softens: SoftScorer = (records) => Promise.resolve(records);
  const work = new Work(ledger, new Gate(), new Progress(() => undefined));
  await laps.ofMany('grow by augmentation', async () => {
    const growth = await new Augmentation({ data, settings, work, players: { augments, teacherAnswers, chooses, isSure, softens } }, iteration, target, verdict, null).go();
    if (growth.kept < target) throw new Error(`Augmentation kept ${growth.kept} of ${target}: ${JSON.stringify(growth.dropped)}.`);
    return growth.generated;
  });
}

/** Repeats and likenesses alone, within an image and among all. The bundled world has some thousand wordings, however large its pool. */
async function novelty({ pool }: Ledger, count: number, settings: Settings, laps: Laps): Promise<void> {
  const draws = await Promise.all(rangeOf(0, lookUps).map((later) => pool.at(drawSample({ from: 0, size: count }, iteration + later, { seed: settings.seed, assessSample: candidates }))));
  // Backwards they are new to every pool, so that each is held against all of its scope.
  const fresh = (draws[0] as InstructionRecord[]).map((record) => ({ ...record, instruction: words(record.instruction).reverse().join(' ') }));
  const scopes = [
    { dedupe: 'image', rougeLimit: settings.rougeLimit, draws, looked: lookUps * candidates, look: 'look up what images know', tell: 'tell new ones within an image' },
    { dedupe: 'global', rougeLimit: 1, draws: [], looked: count, look: 'gather all wordings', tell: 'tell repeats among all' },
    { dedupe: 'global', rougeLimit: settings.rougeLimit, draws: [], looked: count, look: 'gather all wordings for likeness', tell: 'tell likenesses among all' },
  ] as const;
  for (const { dedupe, rougeLimit, draws: asked, looked, look, tell } of scopes) {
    const scoped = { ...settings, dedupe, rougeLimit };
    const known = new KnownInPool(pool, iteration, scoped);
    await laps.of(look, looked, async () => {
      // Nothing is at hand of any draw but those told apart below.
      for (const records of asked.slice(1)) await new KnownInPool(pool, iteration, scoped).recall(records.map(({ image }) => image));
      await known.recall(fresh.map(({ image }) => image));
    });
    await laps.of(tell, candidates, () => fresh.filter(({ image, instruction }) => known.fault(image, instruction) !== null));
  }
}
