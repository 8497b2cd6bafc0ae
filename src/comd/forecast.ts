/**
 * How long the rest of a run will take, from what its kinds of work have cost so far. The two models work side by side,
 * so that a stage lasts as long as the busier of them.
 */
import type { Phase } from './events';

/** Kinds of work, by what is done and by which model. */
export type Kind = 'align' | 'tune' | 'student answer' | 'teacher answer' | 'assess' | 'augment';

/**
 * Seconds per item of each kind against each other, as measured on the bundled preset: what a kind costs that has not
 * been seen yet is told from those that have.
 */
const nominal: Record<Kind, number> = {
  align: 1, tune: 1, 'student answer': 0.5, 'teacher answer': 1, assess: 4, augment: 4,
};
const ofStudent: ReadonlySet<Kind> = new Set<Kind>(['align', 'tune', 'student answer']);

interface Expected {
  iteration: number;
  phase: Phase;
  kind: Kind;
  left: number;
}

export class Forecast {
  readonly #spent = new Map<Kind, { items: number; seconds: number }>();
  readonly #expected: Expected[] = [];

  /** Announces how many items of a kind a phase will take; what was announced for them before is corrected. */
  expect(iteration: number, phase: Phase, kind: Kind, items: number): void {
    const known = this.#find(iteration, phase, kind);
    if (known) known.left = items;
    else this.#expected.push({ iteration, phase, kind, left: items });
  }

  /** Takes finished items off what was announced and learns what they cost. */
  spend(iteration: number, phase: Phase, kind: Kind, items: number, seconds: number): void {
    const expected = this.#find(iteration, phase, kind);
    if (expected) expected.left = Math.max(0, expected.left - items);
    const sum = this.#spent.get(kind) ?? { items: 0, seconds: 0 };
    this.#spent.set(kind, { items: sum.items + items, seconds: sum.seconds + seconds });
  }

  /** Nothing of a phase is left, whatever was announced. */
  finish(iteration: number, phase: Phase): void {
    for (const expected of this.#expected) {
      if (expected.iteration === iteration && expected.phase === phase) expected.left = 0;
    }
  }

  /** Seconds until all that was announced is done; null until any work has been measured. */
  secondsLeft(): number | null {
    const pace = this.#pace();
    if (pace === null) return null;
    const stages = new Map<string, { student: number; teacher: number }>();
    for (const { iteration, phase, kind, left } of this.#expected) {
      const stage = stageOf(iteration, phase, kind);
      const busy = stages.get(stage) ?? { student: 0, teacher: 0 };
      busy[ofStudent.has(kind) ? 'student' : 'teacher'] += left * this.#costOf(kind, pace);
      stages.set(stage, busy);
    }
    return [...stages.values()].reduce((sum, busy) => sum + Math.max(busy.student, busy.teacher), 0);
  }

  #costOf(kind: Kind, pace: number): number {
    const spent = this.#spent.get(kind);
    return spent && spent.items > 0 ? spent.seconds / spent.items : nominal[kind] * pace;
  }

  /** Measured seconds against nominal ones over all work so far. */
  #pace(): number | null {
    let seconds = 0;
    let expected = 0;
    for (const [kind, spent] of this.#spent) {
      seconds += spent.seconds;
      expected += spent.items * nominal[kind];
    }
    return expected > 0 && seconds > 0 ? seconds / expected : null;
  }

  #find(iteration: number, phase: Phase, kind: Kind): Expected | undefined {
    return this.#expected.find((entry) => entry.iteration === iteration && entry.phase === phase && entry.kind === kind);
  }
}

/** The student first trains and is evaluated while the teacher answers; then it answers while the teacher assesses. */
function stageOf(iteration: number, phase: Phase, kind: Kind): string {
  const compares = (phase === 'assess' && kind !== 'teacher answer') || phase === 'augment';
  return compares ? `${iteration} compare` : `${Math.max(1, iteration)} train`;
}
