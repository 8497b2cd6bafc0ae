/**
 * First instructions for images that have none: the augmentor proposes one, it goes through the filters, the teacher answers it, and
 * it joins the first pools, until these are as large as was asked or the tries are used up. Only where the data set has such images.
 */
import type { InstructionRecord } from '../data/types';
import { ComdError } from '../errors';
import { answersPerBatch, numbered } from './batches';
import { KnownInPool } from './known-in-pool';
import { firstDrawn } from './method-pools';
import { firstPoolSize } from './prepare';
import { tokensOf } from './roles';
import type { Players, Run } from './run';
import { Sieve } from './sieve';
import type { Done } from './work';

/** What it takes of its run. */
export type Asking = Pick<Run, 'data' | 'settings' | 'work'> & { players: Pick<Players, 'teacherAnswers' | 'proposes' | 'softens'> };

/** What came of it. */
interface FirstInstructions {
  /** Images that were asked about, and instructions that were written for them. */
  images: number;
  written: number;
  kept: number;
  dropped: Record<string, number>;
}

interface Batch {
  kept: number;
  dropped: Record<string, number>;
}

/** Fills the first pools where images are left without instructions, and tells of it. Throws `data/unreadable` where there is nothing to learn from. */
export async function fillFirstPools(run: Asking & Pick<Run, 'emit'>): Promise<void> {
  const first = await firstInstructions(run);
  if (first !== null) run.emit({ type: 'notice', text: firstInstructionsText(first) });
  if (await run.work.ledger.pool.size(0) > 0) return;
  throw new ComdError(
    'data/unreadable', `The data set "${run.data.name}" gives the run nothing to learn from: no row asks anything${first === null ? '' : ', and no first instruction passed the filters'}.`,
    first === null ? 'Give rows with questions and answers, or pictures.' : 'Loosen the settings under Filters, or give rows with questions and answers.',
  );
}

/** Fills the first pools up with first instructions; null where they are full or the data set has no image without any. */
async function firstInstructions(asking: Asking): Promise<FirstInstructions | null> {
  const { data, settings, work } = asking;
  const wanted = firstDrawn(settings) - firstPoolSize(work.ledger);
  if (wanted <= 0 || data.unasked === undefined) return null;
  const images = await data.unasked(wanted, settings.seed);
  if (images.length === 0) return null;
  const known = new KnownInPool(work.ledger.pool, 0, settings);
  const total: FirstInstructions = { images: images.length, written: 0, kept: 0, dropped: {} };
  const tries = settings.augmentRounds * wanted;
  for (let batch = 0; total.kept < wanted && total.written < tries; batch++) {
    const size = Math.min(answersPerBatch, tries - total.written);
    // Around and around: an image whose proposal was dropped, or of which more are wanted than there are images, is asked about again.
    const asked = Array.from({ length: size }, (_, slot) => images[(batch * answersPerBatch + slot) % images.length] as string);
    const key = { iteration: 0, phase: 'load' as const, item: `first/${numbered(batch)}` };
    const before = total.kept;
    const { kept, dropped } = await work.once(key, 'augment', () => propose(asking, known, asked, batch, { wanted: wanted - before, before }));
    for (const [reason, count] of Object.entries(dropped)) total.dropped[reason] = (total.dropped[reason] ?? 0) + count;
    total.written += size;
    total.kept += kept;
  }
  return total;
}

function firstInstructionsText({ images, written, kept, dropped }: FirstInstructions): string {
  const drops = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`).join(', ');
  return `The teacher wrote first instructions for ${images} ${images === 1 ? 'picture' : 'pictures'} without any: ${kept} of ${written} joined the pools${drops === '' ? '' : ` (dropped: ${drops})`}.`;
}

/** Ids that no data set and no augmentation gives. */
const idPrefix = 'first-';

async function propose(
  { players, settings, work }: Asking, known: KnownInPool, images: string[], batch: number, { wanted, before }: { wanted: number; before: number },
): Promise<Done<Batch>> {
  const proposed = await players.proposes(images.map((image, slot) => ({ key: `first/${batch}/${slot}`, image })));
  await known.recall(images);
  const sieve = new Sieve(known, work.ledger.forbidden, settings, wanted);
  const fresh = sieve.through(images.map((image, slot) => withoutSeed(image, proposed[slot]?.text ?? '')));
  const answers = fresh.length === 0 ? [] : await players.teacherAnswers(
    fresh.map(({ image, instruction }, i) => ({ key: `first target/${batch}/${i}`, image, instruction })), 0,
  );
  const answered = fresh.map((candidate, i) => ({ ...candidate, answer: answers[i]?.text ?? '' })).filter(({ answer }) => answer !== '');
  sieve.drop('no answer', fresh.length - answered.length);
  const records = answered.map(({ image, instruction, answer }, i): InstructionRecord => (
    { id: `${idPrefix}${numbered(before + i, 6)}`, image, instruction, answer, source: 'teacher', iteration: 0 }
  ));
  for (const { image, instruction } of records) known.add(image, instruction);
  return {
    result: { kept: records.length, dropped: sieve.dropped },
    items: records.length,
    calls: proposed.length + answers.length,
    tokens: tokensOf(proposed) + tokensOf(answers),
    writes: { added: await players.softens(records) },
  };
}

/** A candidate that was written around nothing stands for its own seed: the length of a seed limits it to nothing. */
function withoutSeed(image: string, instruction: string): { seed: InstructionRecord; image: string; instruction: string } {
  return { seed: { id: '', image, instruction, answer: '', source: 'teacher', iteration: 0 }, image, instruction };
}
