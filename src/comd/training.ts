/**
 * A course of training: fixed batches in a fixed order at a scheduled rate, resumable to the step. What is trained on
 * is `align.ts`' and `tune.ts`' to say.
 */
import type { StepResult, TrainingExample, TrainingOptions } from '../../workers/protocol';
import type { DataSet } from '../data/types';
import { ComdError } from '../errors';
import type { Ledger } from '../pools/ledger';
import { rateAt } from '../train/schedule';
import { permutation } from '../permutation';
import type { Key } from '../random';
import type { RunEvent } from './events';
import { divergedBy } from './health/divergence';
import type { HealthSign } from './health/sign';
import { show } from './speaker';
import type { Milestone, Student } from './student';
import type { Work } from './work';

export interface Course {
  iteration: number;
  phase: 'align' | 'tune';
  parts: TrainingOptions['parts'];
  steps: number;
  /** What a step trains on: the same however often, and in whichever session, it is asked for. */
  batch(step: number): Promise<TrainingExample[]>;
  /** Peak learning rate, and the share of the steps over which it rises. */
  rate: number;
  warmup: number;
  /** Where the student begins (null: as it was loaded) and what it has then reached. */
  from: Milestone | null;
  to: Milestone;
}

/** What the ledger holds of a course. */
export interface CourseMark {
  /** Of the steps that need not be taken again. */
  losses: number[];
  /** That a loss after those was no number, for a page that comes later; gone as soon as the course has got past it. */
  diverged?: HealthSign;
}
type CourseSpent = { items: number; tokens: number; seconds: number };

/** Steps between snapshots: at most this much is done again after a crash. */
const stepsPerSnapshot = 25;

/** Passes over so many examples, each in an order of its own. */
export interface Passes {
  /** None where there are no examples. */
  steps: number;
  /** The numbers, below the count, of the examples of a step. The last step of a pass may have fewer than the others. */
  at(step: number): number[];
}

/** `steps` batches from passes over `count` examples, each pass in an order drawn by key; nothing of it is kept in memory. */
export function passesOver(count: number, steps: number, batch: number, ...key: Key[]): Passes {
  const stepsAPass = Math.ceil(count / batch);
  return {
    steps: count === 0 ? 0 : steps,
    at: (step) => {
      const pass = Math.floor(step / stepsAPass);
      const begin = (step - pass * stepsAPass) * batch;
      const at = permutation(count, ...key, pass);
      return Array.from({ length: Math.min(batch, count - begin) }, (_, i) => at(begin + i));
    },
  };
}

/** Steps that `passes` over `count` examples take. */
export const stepsOf = (passes: number, count: number, batch: number): number => passes * Math.ceil(count / batch);

/** The ledger's key of a course. */
export const courseKey = (iteration: number, phase: Course['phase']) => ({ iteration, phase, item: 'steps' });

/** Steps that the run has taken in the courses before that of `iteration`. */
function stepsBefore(iteration: number, ledger: Ledger): number {
  const courses = Array.from({ length: iteration }, (_, i) => courseKey(i, i === 0 ? 'align' : 'tune'));
  return courses.reduce((sum, key) => sum + (ledger.mark<CourseMark>(key)?.result.losses.length ?? 0), 0);
}

/**
 * Takes the student through a course, from where the ledger says it stands, and returns the loss of every step; the
 * student then stands at the course's milestone, or will when it is asked for. Throws `run/diverged`.
 */
export async function take(course: Course, student: Student, data: DataSet, work: Work, emit: (event: RunEvent) => void): Promise<number[]> {
  const { iteration, phase, steps } = course;
  const mark = work.ledger.mark<CourseMark>(courseKey(iteration, phase));
  const losses = mark ? mark.result.losses.slice() : [];
  const spent = { items: mark?.items ?? 0, tokens: mark?.tokens ?? 0, seconds: mark?.seconds ?? 0 };
  if (mark) work.progress.add(iteration, phase, { kind: phase, ...spent });
  if (mark && losses.length === steps) return losses;

  const before = stepsBefore(iteration, work.ledger);
  await enter(course, losses.length, student);
  const read = readAhead(course, losses.length);
  for (let step = losses.length; step < steps; step++) {
    await work.gate.pass();
    const begun = performance.now();
    const batch = await read();
    await show(student.model, data, batch.flatMap((example) => example.images));
    const { loss, tokens } = await stepOf(course, step, batch, student, work, emit);
    const cost = { items: batch.length, tokens, seconds: (performance.now() - begun) / 1000 };
    losses.push(loss);
    spent.items += cost.items;
    spent.tokens += cost.tokens;
    spent.seconds += cost.seconds;
    emit({ type: 'loss', iteration, phase, step: before + step, loss });
    work.progress.add(iteration, phase, { kind: phase, ...cost });
    if (losses.length % stepsPerSnapshot === 0 && losses.length < steps) await keepStep(course, losses, spent, student, work);
  }
  await student.reach(course.to);
  await markStep(course, losses, spent, work);
  await student.forget(`${phase}-${iteration}/`);
  if (course.from !== null && course.from !== 'aligned') await student.forget(`${course.from}/`);
  return losses;
}

/** Reads the batches of a course in turn, from a step on, each while the one before it is trained on. */
function readAhead({ steps, batch }: Course, from: number): () => Promise<TrainingExample[]> {
  let step = from;
  const begin = (): Promise<TrainingExample[]> => {
    const reading = step < steps ? batch(step++) : Promise.resolve([]);
    // Whoever comes for it hears of a failure; a course that ends before has no need to.
    reading.catch(() => undefined);
    return reading;
  };
  let next = begin();
  return () => {
    const mine = next;
    next = begin();
    return mine;
  };
}

/** Puts the student where step `done` begins. */
async function enter(course: Course, done: number, student: Student): Promise<void> {
  if (done > 0) return student.train(course.parts, snapshotName(course, done));
  if (course.from !== null) await student.become(course.from);
  return student.train(course.parts, null);
}

/** Snapshots first, marks second, forgets last: a mark never names a snapshot that is not there. */
async function keepStep(course: Course, losses: number[], spent: CourseSpent, student: Student, work: Work): Promise<void> {
  await student.keep(snapshotName(course, losses.length));
  await markStep(course, losses, spent, work);
  const last = losses.length - stepsPerSnapshot;
  if (last > 0) await student.forget(snapshotName(course, last));
}

async function markStep({ iteration, phase }: Course, losses: number[], spent: CourseSpent, work: Work): Promise<void> {
  const result: CourseMark = { losses: losses.slice() };
  await work.ledger.commit(courseKey(iteration, phase), { result, ...spent, calls: losses.length, clock: work.clock() });
}

/** Leaves what the mark says of the steps taken as it is: it must name the last snapshot, whatever came after that. */
async function markDiverged({ iteration, phase }: Course, diverged: HealthSign, work: Work): Promise<void> {
  const key = courseKey(iteration, phase);
  const { result, ...spent } = work.ledger.mark<CourseMark>(key) ?? { result: { losses: [] }, items: 0, calls: 0, tokens: 0, seconds: 0 };
  await work.ledger.commit(key, { ...spent, result: { ...result, diverged }, clock: work.clock() });
}

const snapshotName = ({ iteration, phase }: Course, step: number): string => `${phase}-${iteration}/${String(step).padStart(8, '0')}`;

async function stepOf(course: Course, step: number, batch: TrainingExample[], student: Student, work: Work, emit: (event: RunEvent) => void): Promise<StepResult> {
  const rate = rateAt(step, course.steps, course.rate, course.warmup);
  try {
    const result = await student.model.step(batch, rate);
    if (Number.isFinite(result.loss)) return result;
  } catch (error) {
    if (!(error instanceof ComdError) || error.code !== 'run/diverged') throw error;
  }
  const place = course.phase === 'align' ? 'stage 1' : `iteration ${course.iteration}`;
  const diverged = new ComdError(
    'run/diverged',
    `The loss is no longer a number in ${place}, at step ${step + 1} of ${course.steps}, at learning rate ${rate.toPrecision(3)}.`,
    `Lower the setting "${course.phase}Rate" (it is ${course.rate}) or raise "warmup" (it is ${course.warmup}), and start again.`,
  );
  const sign = divergedBy(diverged, course.iteration);
  emit({ type: 'health', iteration: course.iteration, signs: [sign] });
  await markDiverged(course, sign, work);
  throw diverged;
}
