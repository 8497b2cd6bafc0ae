/**
 * The audit of a teacher in its three roles on held-out items: what a run may expect of it before it is believed. It loads no model
 * and knows no thread.
 */
import type { Answerer, Assessor, Augmentor } from '../../comd/roles';
import { firstOf } from '../../data/drawn';
import type { DataSet } from '../../data/types';
import type { Settings } from '../../settings';
import { type AnswersAudit, auditAnswers } from './answers';
import type { Stage, Tell } from './ask';
import { auditInstructions, type InstructionsAudit, triesPerSeed } from './instructions';
import { auditMarks, type MarksAudit } from './marks';

/** The three roles over one teacher, with the data and settings of a run. */
export interface Audited {
  data: DataSet;
  settings: Settings;
  answers: Answerer;
  assesses: Assessor;
  augments: Augmentor;
}

export interface Audit {
  answers: AnswersAudit;
  marks: MarksAudit;
  instructions: InstructionsAudit;
}

/** Audits on `count` items of each sort, or as many as there are. */
export async function audit({ data, settings, answers, assesses, augments }: Audited, count: number, tell: Tell): Promise<Audit> {
  const items = { learned: await data.test(count), style: await data.heldOutStyle(count) };
  const pool = await firstOf(data.records(settings.seed), settings.pool);
  const told = (stage: Stage, of: number): (done: number) => void => {
    let sum = 0;
    return (done) => tell(stage, sum += done, of);
  };
  const written = triesPerSeed * Math.min(pool.length, Math.ceil(count / triesPerSeed));
  return {
    answers: await auditAnswers(data, settings, answers, items, told('answers', items.learned.length + items.style.length)),
    marks: await auditMarks(data, settings.seed, assesses, items.learned, told('marks', items.learned.length)),
    instructions: await auditInstructions(data, settings, augments, pool, count, told('instructions', written)),
  };
}
