/**
 * One iteration of stage 2 as a flow between two lanes. The student tunes and is evaluated while the teacher answers the
 * sample; then the student answers it batch by batch, each assessed as it comes; then the teacher augments.
 */
import type { InstructionRecord } from '../data/types';
import { compare, drawSample, judged, questionsTo, type Verdict, verdictOn } from './assess';
import { Augmentation, type Growth, growthTarget } from './augment';
import { comparisonsPerBatch, inBatches, numbered } from './batches';
import type { Phase } from './events';
import { examine } from './examine';
import type { Score } from '../evaluate/score';
import { together } from './lane';
import { expectIteration } from './plan';
import { emojiPrompts } from './prompts';
import type { IterationReport } from './report';
import { tokensOf } from './roles';
import { type Run, tuningPool } from './run';
import type { Milestone } from './student';
import { take } from './training';
import { tuning } from './tune';

/** How large the pools are at the start of an iteration. */
type Sizes = Pick<IterationReport, 'tuningPool' | 'cachePool'>;

/** What a tuned student is judged by. */
interface Judgement {
  test: Score;
  heldOutStyle: number | null;
}

/** Queues iteration `k` on both lanes and resolves when they are through; the last one only tunes and evaluates. */
export async function iterate(run: Run, k: number): Promise<IterationReport> {
  const { settings, work: { ledger } } = run;
  const [cache, pool] = [await ledger.pool('cache', k - 1), await tuningPool(run, k)];
  run.emit({ type: 'pools', iteration: k, tuning: pool.length, cache: cache.length });
  const sample = k === settings.iterations ? [] : drawSample(cache, k, settings);
  const target = k === settings.iterations ? 0 : growthTarget(k, pool.length, settings);
  expectIteration(run, k, pool.length, sample.length, target);
  return new Iteration(run, k, cache, sample, target).go({ tuningPool: pool.length, cachePool: cache.length });
}

class Iteration {
  readonly #run: Run;
  readonly #k: number;
  readonly #cache: InstructionRecord[];
  readonly #sample: InstructionRecord[];
  readonly #target: number;

  constructor(run: Run, k: number, cache: InstructionRecord[], sample: InstructionRecord[], target: number) {
    this.#run = run;
    this.#k = k;
    this.#cache = cache;
    this.#sample = sample;
    this.#target = target;
  }

  async go(sizes: Sizes): Promise<IterationReport> {
    const { players: { studentLane, teacherLane }, work } = this.#run;
    const tuned = studentLane.run(() => this.#tune());
    const evaluated = studentLane.run(() => this.#evaluate());
    const answered = inBatches(this.#sample, comparisonsPerBatch(this.#sample.length)).map((records, i) => ({
      records,
      teacher: teacherLane.run(() => this.#answers('teacher', i, records)),
      student: studentLane.run(() => this.#answers('student', i, records)),
    }));
    const assessed = answered.map(({ records, teacher, student }, i) => (
      teacherLane.run(async () => this.#assess(i, records, { teacher: await teacher, student: await student }))
    ));
    const grown = teacherLane.run(() => this.#augment());
    const asked = answered.flatMap(({ teacher, student }) => [teacher, student]);
    await together(work.gate, [tuned, evaluated, grown, ...assessed, ...asked]);
    return this.#report(sizes, await tuned, await evaluated, await grown);
  }

  /** Tunes on the pool as it is when the lane comes to it: relabelling may still be under way when it is queued. */
  async #tune(): Promise<number[]> {
    const { data, settings, players, work, emit } = this.#run;
    const course = tuning(this.#k, await tuningPool(this.#run, this.#k), emojiPrompts, settings);
    const losses = await take(course, players.student, data, work, emit);
    work.progress.finish(this.#k, 'tune');
    return losses;
  }

  #answers(who: 'student' | 'teacher', batch: number, records: InstructionRecord[]): Promise<string[]> {
    const { settings, players, work } = this.#run;
    const key = { iteration: this.#k, phase: 'assess' as const, item: `${who}/${numbered(batch)}` };
    return work.once(key, `${who} answer`, async () => {
      if (who === 'student') await players.student.become(this.#milestone());
      const answer = who === 'student' ? players.studentAnswers : players.teacherAnswers;
      const said = await answer(questionsTo(who, this.#k, records), settings.answerTemperature);
      return { result: said.map(({ text }) => text), items: records.length, tokens: tokensOf(said) };
    });
  }

  async #assess(batch: number, records: InstructionRecord[], said: { teacher: string[]; student: string[] }): Promise<void> {
    const { settings, players, work, emit } = this.#run;
    const key = { iteration: this.#k, phase: 'assess' as const, item: `marks/${numbered(batch)}` };
    await work.once(key, 'assess', async () => {
      const { assessments, tokens } = await compare(this.#k, records, said, players.assesses);
      assessments.forEach((assessment, i) => {
        const sample = judged(assessment, records[i] as InstructionRecord, settings);
        if (sample) emit({ type: 'assessed', iteration: this.#k, sample });
      });
      return { result: null, items: records.length, tokens, writes: { assessments } };
    });
  }

  async #augment(): Promise<{ verdict: Verdict; growth: Growth }> {
    const { settings, players, work, emit } = this.#run;
    work.progress.finish(this.#k, 'assess');
    const verdict = verdictOn(await work.ledger.assessments(this.#k), this.#cache, settings);
    const augmentation = new Augmentation(this.#k, this.#target, verdict, this.#cache, work.ledger.forbidden, settings);
    const growth = await augmentation.run(players.augments, players.teacherAnswers, work);
    if (growth.kept < this.#target) {
      emit({ type: 'notice', text: `Iteration ${this.#k}: augmentation kept ${growth.kept} of the ${this.#target} new records it was to make.` });
    }
    return { verdict, growth };
  }

  async #evaluate(): Promise<Judgement> {
    const { heldOut, players, work } = this.#run;
    const paper = { iteration: this.#k, phase: 'evaluate', kind: 'student answer' } as const;
    const ready = () => players.student.become(this.#milestone());
    const test = await examine({ ...paper, paper: 'student', items: heldOut.test }, players.studentAnswers, work, ready);
    const style = await examine({ ...paper, paper: 'student-style', items: heldOut.style }, players.studentAnswers, work, ready);
    work.progress.finish(this.#k, 'evaluate');
    return { test, heldOutStyle: heldOut.style.length > 0 ? style.accuracy : null };
  }

  #report(sizes: Sizes, losses: number[], judgement: Judgement, { verdict, growth }: { verdict: Verdict; growth: Growth }): IterationReport {
    const seconds = (phase: Phase) => this.#run.work.ledger.secondsOf(this.#k, phase);
    return {
      iteration: this.#k,
      ...sizes,
      assessed: this.#sample.length,
      difficult: verdict.difficult.length,
      easy: verdict.easy.length,
      unparsable: verdict.unparsable,
      ...growth,
      ...judgement.test,
      heldOutStyle: judgement.heldOutStyle,
      histogram: verdict.histogram,
      losses,
      seconds: { tune: seconds('tune'), evaluate: seconds('evaluate'), assess: seconds('assess'), augment: seconds('augment') },
    };
  }

  #milestone(): Milestone {
    return `tuned-${this.#k}`;
  }
}
