/**
 * The roles of the method, each over anything that can be asked about images: the same model may play all of them, or
 * another model any one. A role knows how to ask; what is done with what is said is for the phases.
 */
import type { Generation } from '../../workers/protocol';
import type { Settings } from '../settings';
import { type MarkSheet, parseMarks } from './marks';
import type { PromptFamily, SeedKind } from './prompts/family';
import { imagesOf, type Speaker } from './speaker';

/** An instruction about an image; `key` names the draws of its continuation. */
export interface Question {
  key: string;
  image: string;
  instruction: string;
}

/** Answers instructions, in order. */
export type Answerer = (questions: Question[], temperature: number) => Promise<Generation[]>;

/** Two answers to one instruction, in the order in which the assessor is shown them. */
export interface Comparison extends Question {
  a: string;
  b: string;
  /** The known answer, where the assessor is to see it. */
  reference: string | null;
}
export interface Assessed {
  /** Null where the marks stayed unreadable after all retries. */
  sheets: (MarkSheet | null)[];
  /** How often the assessor was asked, retries included. */
  calls: number;
  tokens: number;
}
/** Marks both answers of each comparison. */
export type Assessor = (comparisons: Comparison[]) => Promise<Assessed>;

/** Writes one new instruction for the image of each seed. */
export type Augmentor = (seeds: (Question & { kind: SeedKind })[]) => Promise<Generation[]>;

/** Writes a first instruction for images that have none. */
export type Proposer = (images: { key: string; image: string }[]) => Promise<Generation[]>;

type AskSettings = Pick<Settings, 'seed' | 'maxNewTokens'>;

export function answerer(speaker: Speaker, prompts: PromptFamily, { seed, maxNewTokens }: AskSettings): Answerer {
  return (questions, temperature) => speaker(
    questions.map(({ key, image, instruction }) => ({ key, images: imagesOf(image), prompt: prompts.answer(instruction) })),
    { temperature, maxNewTokens, seed },
  );
}

type AssessSettings = AskSettings & Pick<Settings, 'assessTemperature' | 'assessRetries' | 'ownReference'>;

export function assessor(speaker: Speaker, prompts: PromptFamily, settings: AssessSettings): Assessor {
  const options = { temperature: settings.assessTemperature, maxNewTokens: settings.maxNewTokens, seed: settings.seed };
  const refer = settings.ownReference ? ownReferences(answerer(speaker, prompts, settings)) : null;
  return async (comparisons) => {
    const own = await refer?.(comparisons);
    const sheets: (MarkSheet | null)[] = comparisons.map(() => null);
    let [calls, tokens] = [own?.calls ?? 0, own?.tokens ?? 0];
    for (let attempt = 0; attempt <= settings.assessRetries; attempt++) {
      const open = (own?.comparisons ?? comparisons).map((comparison, at) => ({ comparison, at })).filter(({ at }) => sheets[at] === null);
      if (open.length === 0) break;
      const said = await speaker(open.map(({ comparison: { key, image, instruction, a, b, reference } }) => (
        { key: `${key}/try-${attempt}`, images: imagesOf(image), prompt: prompts.assess(instruction, a, b, reference) }
      )), options);
      calls += open.length;
      said.forEach((generation, i) => {
        sheets[(open[i] as { at: number }).at] = parseMarks(generation.text);
        tokens += generation.tokens;
      });
    }
    return { sheets, calls, tokens };
  };
}

/**
 * Lets an assessor answer each instruction itself before it marks, where no answer is known: it then compares two answers with
 * its own instead of looking and comparing in one breath (the reference-guided judge of Zheng et al., arXiv 2306.05685).
 */
function ownReferences(answers: Answerer): (comparisons: Comparison[]) => Promise<{ comparisons: Comparison[]; calls: number; tokens: number }> {
  const subject = ({ image, instruction }: Question): string => JSON.stringify([image, instruction]);
  return async (comparisons) => {
    const questions = new Map(comparisons.filter(({ reference }) => reference === null).map((comparison) => [subject(comparison), comparison]));
    const said = questions.size === 0 ? [] : await answers([...questions.values()].map(({ key, image, instruction }) => ({ key: `${key}/own`, image, instruction })), 0);
    const own = new Map([...questions.keys()].map((question, i) => [question, said[i]?.text || null]));
    return {
      comparisons: comparisons.map((comparison) => ({ ...comparison, reference: comparison.reference ?? own.get(subject(comparison)) ?? null })),
      calls: said.length, tokens: tokensOf(said),
    };
  };
}

export function augmentor(speaker: Speaker, prompts: PromptFamily, settings: AskSettings & Pick<Settings, 'augmentTemperature'>): Augmentor {
  const options = { temperature: settings.augmentTemperature, maxNewTokens: settings.maxNewTokens, seed: settings.seed };
  return (seeds) => speaker(
    seeds.map(({ key, image, instruction, kind }) => ({ key, images: imagesOf(image), prompt: prompts.augment(instruction, kind) })),
    options,
  );
}

export function proposer(speaker: Speaker, prompts: PromptFamily, settings: AskSettings & Pick<Settings, 'augmentTemperature'>): Proposer {
  const options = { temperature: settings.augmentTemperature, maxNewTokens: settings.maxNewTokens, seed: settings.seed };
  return (images) => speaker(images.map(({ key, image }) => ({ key, images: imagesOf(image), prompt: prompts.propose() })), options);
}

export const tokensOf = (generations: readonly Generation[]): number => generations.reduce((sum, { tokens }) => sum + tokens, 0);
