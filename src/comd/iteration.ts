/**
 * One iteration of stage 2 as a flow between two lanes. The student tunes and is evaluated while the teacher answers the
 * sample; then the student answers it batch by batch, each assessed as it comes; then the pools grow as the strategy
 * says. Strategies without feedback assess nothing.
 */
import type { InstructionRecord } from '../data/types';
import { compare, drawSample, judged, knownAnswer, questionsTo, type Verdict, verdictOn } from './assess';
import { Augmentation, type Growth, growthTarget, plannedPool, type Seeds } from './augment';
import { comparisonsPerBatch, inBatches, numbered } from './batches';
import { type Contest, contest } from './contest';
import { costOf } from './cost';
import type { Phase } from './events';
import { answersTo, examine } from './examine';
import { type Score, score } from '../evaluate/score';
import { addFresh } from './fresh';
import { together } from './lane';
import { answersSeen, marksSeen, type Observed, positionsSeen, writtenSeen } from './observe';
import { expectIteration } from './plan';
import { promptsOf } from './prompts/choose';
import type { IterationReport } from './report';
import { tokensOf } from './roles';
import { assessable, tuningPool } from './method-pools';
import type { Run } from './run';
import type { Milestone } from './student';
import { take } from './training';
import { tuning } from './tune';

/** How large the pools are at the start of an iteration. */
type Sizes = Pick<IterationReport, 'tuningPool' | 'cachePool'>;

/** What a tuned student is judged by. */
interface Judgement {
  test: Score;
  heldOutStyle: number | null;
  answers: Observed['answers'];
}

/** Queues iteration `k` on both lanes and resolves when they are through; the last one only tunes and evaluates. */
export async function iterate(run: Run, k: number): Promise<IterationReport> {
  const { settings, work: { ledger } } = run;
  const sizes: Sizes = { tuningPool: (await tuningPool(ledger.pool, k, settings)).size, cachePool: await ledger.pool.size(k - 1) };
  run.emit({ type: 'pools', iteration: k, tuning: sizes.tuningPool, cache: sizes.cachePool });
  const last = k === settings.iterations;
  const sample = last || settings.strategy !== 'comd' ? [] : drawSample(await assessable(ledger.pool, k, settings), k, settings);
  const target = last || settings.strategy === 'none' ? 0 : growthTarget(k, sizes.tuningPool, settings);
  expectIteration(run, k, sizes.tuningPool, sample.length, target);
  return new Iteration(run, k, sizes, sample, target).go();
}

class Iteration {
  readonly #run: Run;
  readonly #k: number;
  readonly #sizes: Sizes;
  /** Ordinals of the records that are assessed. */
  readonly #sample: readonly number[];
  readonly #target: number;

  constructor(run: Run, k: number, sizes: Sizes, sample: readonly number[], target: number) {
    this.#run = run;
    this.#k = k;
    this.#sizes = sizes;
    this.#sample = sample;
    this.#target = target;
  }

  async go(): Promise<IterationReport> {
    const { players: { studentLane, teacherLane }, work } = this.#run;
    const tuned = studentLane.run(() => this.#tune());
    const evaluated = studentLane.run(() => this.#evaluate());
    const answered = inBatches(this.#sample, comparisonsPerBatch(this.#sample.length)).map((ordinals, i) => ({
      ordinals,
      teacher: teacherLane.run(() => this.#answers('teacher', i, ordinals)),
      student: studentLane.run(() => this.#answers('student', i, ordinals)),
    }));
    const assessed = answered.map(({ ordinals, teacher, student }, i) => (
      teacherLane.run(async () => this.#assess(i, ordinals, { teacher: await teacher, student: await student }))
    ));
    const grown = teacherLane.run(() => this.#grow());
    const asked = answered.flatMap(({ teacher, student }) => [teacher, student]);
    await together(work.gate, [tuned, evaluated, grown, ...assessed, ...asked]);
    return this.#report(await tuned, await evaluated, await grown);
  }

  async #tune(): Promise<number[]> {
    const { data, settings, players, work, emit } = this.#run;
    const { pool } = work.ledger;
    const planned = plannedPool(this.#k, (await tuningPool(pool, 1, settings)).size, settings);
    const course = tuning(this.#k, await tuningPool(pool, this.#k, settings), planned, promptsOf('student', settings), settings);
    const losses = await take(course, players.student, data, work, emit);
    work.progress.finish(this.#k, 'tune');
    return losses;
  }

  #answers(who: 'student' | 'teacher', batch: number, ordinals: readonly number[]): Promise<string[]> {
    const { settings, players, work } = this.#run;
    const key = { iteration: this.#k, phase: 'assess' as const, item: `${who}/${numbered(batch)}` };
    return work.once(key, `${who} answer`, async () => {
      if (who === 'student') await players.student.become(this.#milestone());
      const answer = who === 'student' ? players.studentAnswers : players.teacherAnswers;
      const records = await work.ledger.pool.at(ordinals);
      const said = await answer(questionsTo(who, this.#k, records), settings.answerTemperature);
      return { result: said.map(({ text }) => text), items: records.length, tokens: tokensOf(said) };
    });
  }

  async #assess(batch: number, ordinals: readonly number[], said: { teacher: string[]; student: string[] }): Promise<void> {
    const { data, settings, players, work, emit } = this.#run;
    const key = { iteration: this.#k, phase: 'assess' as const, item: `marks/${numbered(batch)}` };
    const truth = (record: InstructionRecord) => data.truth(record.image, record.instruction) ?? knownAnswer(record);
    const comparing = { iteration: this.#k, settings, assess: players.assesses, truth };
    await work.once(key, 'assess', async () => {
      const records = await work.ledger.pool.at(ordinals);
      const { assessments, calls, tokens } = await compare(comparing, records, said);
      assessments.forEach((assessment, i) => {
        const sample = judged(assessment, records[i] as InstructionRecord, settings);
        if (sample) emit({ type: 'assessed', iteration: this.#k, sample });
      });
      return { result: null, items: records.length, calls, tokens, writes: { assessments } };
    });
  }

  async #grow(): Promise<{ verdict: Verdict; growth: Growth }> {
    const { settings, work, emit } = this.#run;
    work.progress.finish(this.#k, 'assess');
    const verdict = verdictOn(await work.ledger.assessments(this.#k), await work.ledger.pool.at(this.#sample), settings);
    const growth = await this.#growBy(verdict);
    if (growth.kept < this.#target) {
      emit({ type: 'notice', text: `Iteration ${this.#k}: ${growth.kept} of the ${this.#target} new records that were wanted came in.` });
    }
    return { verdict, growth };
  }

  async #growBy(verdict: Verdict): Promise<Growth> {
    const { settings, work: { ledger: { pool } } } = this.#run;
    const around = (seeds: Seeds, contest: Contest | null) => new Augmentation(this.#run, this.#k, this.#target, seeds, contest).go();
    switch (settings.strategy) {
      case 'comd': return around(verdict, settings.contested ? this.#contest() : null);
      // The same sample that would have been assessed, so that the two differ in nothing but the choice.
      case 'random': return around({ difficult: await pool.at(drawSample(await assessable(pool, this.#k, settings), this.#k, settings)), easy: [] }, null);
      case 'one-way': return addFresh(this.#run, this.#k, this.#target);
      case 'none': return { generated: 0, kept: 0, dropped: {} };
    }
  }

  /** The student has nothing else to do while the pools grow; its lane keeps it so. */
  #contest(): Contest {
    const { student, studentAnswers, studentLane } = this.#run.players;
    const asking = contest(studentAnswers, () => student.become(this.#milestone()));
    return (answered) => studentLane.run(() => asking(answered));
  }

  async #evaluate(): Promise<Judgement> {
    const { heldOut, players, work } = this.#run;
    const paper = { iteration: this.#k, phase: 'evaluate', kind: 'student answer' } as const;
    const ready = () => players.student.become(this.#milestone());
    const said = await answersTo({ ...paper, paper: 'student', items: heldOut.test }, players.studentAnswers, work, ready);
    const style = await examine({ ...paper, paper: 'student-style', items: heldOut.style }, players.studentAnswers, work, ready);
    work.progress.finish(this.#k, 'evaluate');
    return { test: score(heldOut.test, said), heldOutStyle: style.accuracy, answers: answersSeen(heldOut.test, said) };
  }

  async #report(losses: number[], judgement: Judgement, { verdict, growth }: { verdict: Verdict; growth: Growth }): Promise<IterationReport> {
    const seconds = (phase: Phase) => this.#run.work.ledger.secondsOf(this.#k, phase);
    return {
      iteration: this.#k,
      ...this.#sizes,
      assessed: this.#sample.length,
      difficult: verdict.difficult.length,
      easy: verdict.easy.length,
      unparsable: verdict.unparsable,
      unverifiable: verdict.unverifiable,
      ...growth,
      ...judgement.test,
      heldOutStyle: judgement.heldOutStyle,
      histogram: verdict.histogram,
      losses,
      seconds: { tune: seconds('tune'), evaluate: seconds('evaluate'), assess: seconds('assess'), augment: seconds('augment') },
      cost: costOf(this.#k, this.#run.work.ledger),
      observed: await this.#observed(judgement, growth),
    };
  }

  async #observed({ answers }: Judgement, { kept }: Growth): Promise<Observed> {
    const { data, settings, work: { ledger } } = this.#run;
    const assessments = await ledger.assessments(this.#k);
    // One-way growth is no augmentor's work.
    const written = settings.strategy === 'one-way' ? null : await writtenSeen(data, ledger.pool, this.#k, kept);
    return { answers, marks: marksSeen(assessments), positions: positionsSeen(assessments), written };
  }

  #milestone(): Milestone {
    return `tuned-${this.#k}`;
  }
}
