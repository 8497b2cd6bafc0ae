/**
 * Soft targets: what the teacher would have said at each place of an answer of its own, kept with the record (beyond the
 * paper; off by default). The loss that uses them is `train/`'s.
 */
import type { InstructionRecord } from '../data/types';
import { ComdError } from '../errors';
import type { Settings } from '../settings';
import type { PromptFamily } from './prompts/family';
import type { Cast } from './run';
import { imagesOf } from './speaker';

/** Gives records that the teacher answered its soft targets; it must have seen their images. */
export type SoftScorer = (records: InstructionRecord[]) => Promise<InstructionRecord[]>;

/** A scorer by the teacher, or one that leaves records as they are where soft targets are off. */
export function softScorer({ teacher }: Cast, prompts: PromptFamily, { softWeight, softK }: Settings): SoftScorer {
  if (softWeight === 0) return async (records) => records;
  return async (records) => {
    const examples = records.map(({ image, instruction, answer }) => ({ images: imagesOf(image), prompt: prompts.answer(instruction), target: answer }));
    const soft = records.length === 0 ? [] : await teacher.model.scoreTargets(examples, softK);
    return records.map((record, i) => ({ ...record, soft: soft[i] }));
  };
}

/** Throws `settings/invalid` where soft targets are asked for of two models that do not share a tokenizer. */
export function checkSoftTargets({ student, teacher }: Cast, { softWeight }: Settings): void {
  if (softWeight === 0 || (student.info.tokenizer !== null && student.info.tokenizer === teacher.info.tokenizer)) return;
  throw new ComdError(
    'settings/invalid', `Soft targets need a teacher and a student of one tokenizer; "${teacher.info.name}" and "${student.info.name}" have two.`,
    'Set "softWeight" to 0, or choose models that share a tokenizer.',
  );
}
