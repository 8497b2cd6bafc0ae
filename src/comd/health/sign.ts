/** What a sign of a run that goes wrong is, and what it says when it is seen. Types only. */
import type { IterationReport } from '../report';

/** The signs that are looked for; each is a file of this folder. */
export type SignName =
  | 'plateau' | 'degradation' | 'divergence' | 'collapse' | 'difficult share'
  | 'marks' | 'positions' | 'unreadable' | 'irrelevant' | 'repeating';

/** A sign that was seen. It only warns: no setting is ever changed for it. */
export interface HealthSign {
  sign: SignName;
  /** 0 for stage 1. */
  iteration: number;
  /** What was seen, with its numbers: one sentence. */
  seen: string;
  /** What to try: one or two sentences. */
  try: string;
}

/** One kind of sign. */
export interface Watch {
  sign: SignName;
  /** What is watched, to go on a list: `whether the student still gains`. */
  watches: string;
  /** What is to be said of the newest of `reports`, which are those of a run so far; null where nothing is wrong, or nothing can be told. */
  look(reports: readonly IterationReport[]): Pick<HealthSign, 'seen' | 'try'> | null;
}
