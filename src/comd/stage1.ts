/**
 * Stage 1: the student is aligned, and both models are examined on what stage 2 starts from.
 */
import type { Score } from '../evaluate/score';
import type { InstructionRecord } from '../data/types';
import { alignment, alignmentPairs } from './align';
import { questionsTo } from './assess';
import { answersPerBatch, numbered, rangeOf } from './batches';
import { examine } from './examine';
import type { Report } from './report';
import { tokensOf } from './roles';
import type { Run } from './run';
import { take } from './training';

/** What stage 1 leaves for the report. */
export interface Start {
  align: Report['align'];
  aligned: number | null;
  teacher: Score & { heldOutStyle: number | null };
}

/** Queues stage 1 on both lanes; resolves when both models are through with it. */
export async function stage1(run: Run, blind: number | null): Promise<Start> {
  const { settings, players, emit } = run;
  const { studentLane, teacherLane } = players;
  let aligned: number | null = null;
  let teacher: number | null = null;
  const tell = () => emit({ type: 'baselines', blind, aligned, teacher });
  tell();
  const relabelled = settings.relabelWithTeacher ? teacherLane.run(() => relabel(run)) : Promise.resolve();
  const align = studentLane.run(() => alignStudent(run));
  const alignedScore = studentLane.run(async () => {
    const score = await examineAligned(run);
    aligned = score.accuracy;
    tell();
    return score;
  });
  const teacherScore = teacherLane.run(async () => {
    const score = await examineTeacher(run);
    teacher = score.accuracy;
    tell();
    return score;
  });
  // The student's lane goes on to tuning; nothing may be tuned on before its answers are final.
  const ready = studentLane.run(() => relabelled);
  const [alignReport, { accuracy }, ofTeacher] = await Promise.all([align, alignedScore, teacherScore, ready]);
  return { align: alignReport, aligned: accuracy, teacher: ofTeacher };
}

async function alignStudent({ data, settings, players, work, emit }: Run): Promise<Report['align']> {
  const { drawn, kept } = await alignmentPairs(data, settings);
  const course = alignment(kept, settings);
  work.progress.expect(0, 'align', kept.length * settings.alignEpochs);
  if (kept.length < drawn) emit({ type: 'notice', text: `The pair filter keeps ${kept.length} of ${drawn} captioned images.` });
  const losses = await take(course, players.student, data, work, emit);
  work.progress.finish(0, 'align');
  return { pairs: drawn, kept: kept.length, losses, seconds: work.ledger.secondsOf(0, 'align') };
}

async function examineAligned({ heldOut, players, work }: Run): Promise<Score> {
  const paper = { iteration: 0, phase: 'evaluate', paper: 'student', kind: 'student answer', items: heldOut.test } as const;
  const score = await examine(paper, players.studentAnswers, work, () => players.student.become('aligned'));
  work.progress.finish(0, 'evaluate');
  return score;
}

async function examineTeacher({ heldOut, players, work }: Run): Promise<Start['teacher']> {
  const paper = { iteration: 0, phase: 'evaluate', kind: 'teacher answer' } as const;
  const asItIs = async () => undefined;
  const test = await examine({ ...paper, paper: 'teacher', items: heldOut.test }, players.teacherAnswers, work, asItIs);
  const style = await examine({ ...paper, paper: 'teacher-style', items: heldOut.style }, players.teacherAnswers, work, asItIs);
  return { ...test, heldOutStyle: style.accuracy };
}

/** Replaces the answers of the first pool by the teacher's; where it says nothing, the old answer stays. */
async function relabel({ players, work }: Run): Promise<void> {
  const size = await work.ledger.pool.size(0);
  for (let i = 0; i * answersPerBatch < size; i++) {
    await work.once({ iteration: 0, phase: 'load', item: `relabel/${numbered(i)}` }, 'teacher answer', async () => {
      const ordinals = rangeOf(i * answersPerBatch, Math.min(size, (i + 1) * answersPerBatch));
      const batch = await work.ledger.pool.at(ordinals);
      const said = await players.teacherAnswers(questionsTo('relabel', 0, batch), 0);
      const answered = batch.flatMap((record, at) => {
        const answer = said[at]?.text ?? '';
        return answer === '' ? [] : [{ ordinal: ordinals[at] as number, record: { ...record, answer, source: 'teacher' as const } }];
      });
      const softened = await players.softens(answered.map(({ record }) => record));
      const replaced = answered.map(({ ordinal }, at) => ({ ordinal, record: softened[at] as InstructionRecord }));
      return { result: replaced.length, items: batch.length, tokens: tokensOf(said), writes: { replaced } };
    });
  }
}
