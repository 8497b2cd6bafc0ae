/** What a teacher worth learning from reaches. */
import type { Audit } from './audit';

export interface Target {
  what: string;
  /** Shares in 0..1: the least that is wanted, and what was measured. */
  wanted: number;
  got: number;
  reached: boolean;
}

/** The targets with what an audit found; each is reached by as much or more. */
export function targetsOf({ answers, marks, instructions }: Audit): Target[] {
  const targets: [string, number, number][] = [
    ['right answers on the learned styles', 0.9, answers.learned.all.share],
    ['right answer seen by its mark, in both positions', 0.9, marks.both.all.share],
    ['new instructions well-formed and answerable', 0.9, instructions.sound.all.share],
    ['new instructions new to the pool', 0.6, instructions.fresh.all.share],
  ];
  return targets.map(([what, wanted, got]) => ({ what, wanted, got, reached: got >= wanted }));
}
