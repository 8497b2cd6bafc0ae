/**
 * Growth without feedback: fresh records of the data set, answered by the teacher. It is what one-way distillation does,
 * and looks at no student.
 */
import { inChunks } from '../data/drawn';
import type { InstructionRecord } from '../data/types';
import type { Growth } from './augment';
import { questionsTo } from './assess';
import { answersPerBatch, numbered } from './batches';
import { tokensOf } from './roles';
import type { Run } from './run';

/** Whether a record is known is looked up for so many at a time. */
const lookedUpAtOnce = 256;

/** Adds `target` records that the pool did not have when the iteration began, or as many as the data set still has. */
export async function addFresh(run: Run, iteration: number, target: number): Promise<Growth> {
  let [generated, kept, batch] = [0, 0, 0];
  for await (const records of freshBatches(run, iteration, target)) {
    kept += await answered(run, iteration, batch++, records);
    generated += records.length;
  }
  const unanswered = generated - kept;
  return { generated, kept, dropped: unanswered > 0 ? { 'no answer': unanswered } : {} };
}

/** `target` records in batches: the first of the data set's order that may be learned from and were not in the pool. */
async function* freshBatches({ data, settings, work: { ledger } }: Run, iteration: number, target: number): AsyncGenerator<InstructionRecord[]> {
  if (target === 0) return;
  let [left, fresh] = [target, [] as InstructionRecord[]];
  for await (const drawn of inChunks(data.records(settings.seed), lookedUpAtOnce)) {
    const known = await ledger.pool.withIds(drawn.map(({ id }) => id), iteration - 1);
    for (const record of drawn) {
      if (known.has(record.id) || ledger.forbidden.has(record)) continue;
      fresh.push(record);
      if (fresh.length < Math.min(answersPerBatch, left)) continue;
      yield fresh;
      [left, fresh] = [left - fresh.length, []];
      if (left === 0) return;
    }
  }
  if (fresh.length > 0) yield fresh;
}

/** How many of a batch the teacher answered; they have joined the pool. */
function answered({ players, work }: Run, iteration: number, batch: number, records: InstructionRecord[]): Promise<number> {
  return work.once({ iteration, phase: 'augment', item: `fresh/${numbered(batch)}` }, 'augment', async () => {
    const said = await players.teacherAnswers(questionsTo('fresh', iteration, records), 0);
    const added = await players.softens(records.flatMap((record, at): InstructionRecord[] => {
      const answer = said[at]?.text ?? '';
      return answer === '' ? [] : [{ ...record, answer, source: 'teacher', iteration }];
    }));
    return { result: added.length, items: added.length, calls: records.length, tokens: tokensOf(said), writes: { added } };
  });
}
