/**
 * Asks a model a benchmark's items and scores what comes back. It knows neither model nor browser: who can answer, give
 * losses or review is handed in. An item that cannot be asked is refused with its reason, and the rest go on.
 */
import { ComdError } from '../../errors';
import type { AnswerBenchmark, Benchmark, ChoiceBenchmark, ChoiceItem, Item, Normalisation, Refusal, ReviewBenchmark } from './benchmark';
import { type BenchmarkResult, type Outcome, resultOf } from './result';

/** A user's turn about an image, or about none. */
export interface Question {
  id: string;
  /** Path in the benchmark's folder. */
  image: string | null;
  prompt: string;
}
/** An answer that a model's loss is taken on. */
export interface Candidate extends Question {
  target: string;
}
/** Mean loss over the `targets` tokens of a candidate, in nats; the end token is one of them. */
export interface CandidateLoss {
  loss: number;
  targets: number;
}
/** What an assessor is asked about one item. */
export interface Comparison {
  id: string;
  prompt: string;
}

/** What a benchmark may need done; each gives one result for each thing asked, in order. */
export interface Abilities {
  answer(questions: readonly Question[]): Promise<string[]>;
  losses(candidates: readonly Candidate[]): Promise<CandidateLoss[]>;
  /** Undefined where there is no assessor. */
  review?(comparisons: readonly Comparison[]): Promise<string[]>;
}

export type Stage = 'answer' | 'losses' | 'review';
/** Hears how many of a stage's items are done. */
export type TellBenchmark = (stage: Stage, done: number, of: number) => void;

/** Items that are asked together. A question about choices is several sequences. */
const atOnce: Readonly<Record<Stage, number>> = { answer: 16, losses: 4, review: 8 };

interface Findings {
  outcomes: Outcome[];
  refused: Refusal[];
}

/**
 * Runs a benchmark to its end. Throws `settings/invalid` where it needs an assessor and there is none, and whatever ends
 * the model itself (`device/*`, `checkpoint/*`).
 */
export async function run(benchmark: Benchmark, abilities: Abilities, tell: TellBenchmark = () => undefined): Promise<BenchmarkResult> {
  const { outcomes, refused } = await findingsOf(benchmark, abilities, tell);
  return resultOf(benchmark, outcomes, [...benchmark.refused, ...refused]);
}

function findingsOf(benchmark: Benchmark, abilities: Abilities, tell: TellBenchmark): Promise<Findings> {
  switch (benchmark.asks) {
    case 'answer': return byAnswers(benchmark, abilities, tell);
    case 'losses': return byLosses(benchmark, abilities, tell);
    case 'review': return byReviews(benchmark, abilities, tell);
  }
}

async function byAnswers({ items, read }: AnswerBenchmark, { answer }: Abilities, tell: TellBenchmark): Promise<Findings> {
  const { done, refused } = await inParts('answer', items, answer, tell);
  return {
    refused,
    outcomes: done.map(({ item, value: said }) => {
      const choice = read(said, item.choices.length);
      return { id: item.id, said, marks: choice === null ? null : rightOrWrong(choice === item.answer) };
    }),
  };
}

async function byLosses({ items, normalisation }: ChoiceBenchmark, { losses }: Abilities, tell: TellBenchmark): Promise<Findings> {
  const { done, refused } = await inParts('losses', items, async (part) => {
    const flat = await losses(part.flatMap(candidatesOf));
    return part.map(({ choices }) => flat.splice(0, choices.length));
  }, tell);
  const findings: Findings = { outcomes: [], refused: [...refused] };
  for (const { item, value } of done) {
    const cheapest = likeliest(value, normalisation);
    if (cheapest === null) findings.refused.push({ id: item.id, reason: 'the loss of a choice is not finite' });
    else findings.outcomes.push({ id: item.id, said: item.choices[cheapest] as string, marks: rightOrWrong(cheapest === item.answer) });
  }
  return findings;
}

async function byReviews({ name, items, compare, readReview }: ReviewBenchmark, { answer, review }: Abilities, tell: TellBenchmark): Promise<Findings> {
  if (review === undefined) throw new ComdError('settings/invalid', `${name} is scored by an assessor, and there is none.`, 'Name the model that reviews the answers.');
  const answered = await inParts('answer', items, answer, tell);
  const said = new Map(answered.done.map(({ item, value }) => [item.id, value]));
  const comparisons = answered.done.map(({ item, value }) => ({ id: item.id, prompt: compare(item, value) }));
  const reviewed = await inParts('review', comparisons, review, tell);
  return {
    refused: [...answered.refused, ...reviewed.refused],
    outcomes: reviewed.done.map(({ item: { id }, value }) => ({ id, said: said.get(id) as string, marks: readReview(value) })),
  };
}

function candidatesOf({ id, image, prompt, choices }: ChoiceItem): Candidate[] {
  return choices.map((target) => ({ id, image, prompt, target }));
}

/** Index of the choice with the lowest loss, the first of equals; null where a loss is not finite. */
export function likeliest(losses: readonly CandidateLoss[], normalisation: Normalisation): number | null {
  const costs = losses.map(({ loss, targets }) => (normalisation === 'tokens' ? loss : loss * targets));
  return costs.length > 0 && costs.every(Number.isFinite) ? costs.indexOf(Math.min(...costs)) : null;
}

const rightOrWrong = (right: boolean): 0 | 1 => (right ? 1 : 0);

/** Asks items part by part. A part that fails is asked again item by item, so that only the item at fault is refused. */
async function inParts<I extends Pick<Item, 'id'>, T>(
  stage: Stage, items: readonly I[], ask: (part: readonly I[]) => Promise<T[]>, tell: TellBenchmark,
): Promise<{ done: { item: I; value: T }[]; refused: Refusal[] }> {
  const [done, refused]: [{ item: I; value: T }[], Refusal[]] = [[], []];
  const attempt = async (part: readonly I[]): Promise<void> => {
    try {
      const values = await ask(part);
      part.forEach((item, i) => done.push({ item, value: values[i] as T }));
    } catch (error) {
      if (!concernsItem(error)) throw error;
      if (part.length > 1) for (const item of part) await attempt([item]);
      else refused.push(...part.map(({ id }) => ({ id, reason: error.message })));
    }
  };
  for (let from = 0; from < items.length; from += atOnce[stage]) {
    await attempt(items.slice(from, from + atOnce[stage]));
    tell(stage, done.length + refused.length, items.length);
  }
  return { done, refused };
}

/** Whether a failure is that of what was asked. A lost device or a missing shard would fail all that follows. */
function concernsItem(error: unknown): error is ComdError {
  return error instanceof ComdError && (error.code.startsWith('data/') || error.code === 'run/unexpected');
}
