/**
 * The cycle from end to end: stage 1, the iterations of stage 2, and what the run leaves. What comes of it depends on no
 * timing: every item is keyed, and what the ledger has marked is not done again.
 */
import { version } from '../../package.json';
import { runFolder, type ByteStore } from './student';
import { fillFirstPools } from './first-instructions';
import { healthOf, healthOfAll } from './health';
import { iterate } from './iteration';
import { together } from './lane';
import { playerOf } from './models';
import type { IterationReport, Report } from './report';
import type { Cast, Run } from './run';
import { stage1, type Start } from './stage1';
import type { Settings } from '../settings';

/** Runs a prepared cycle to its end, or on from where its ledger stands. Throws what ended it early. */
export async function cycle(run: Run, blind: number | null, store: ByteStore): Promise<Report> {
  const { settings, work } = run;
  // Before all else: the first iteration draws its sample from the whole of the first pools.
  await fillFirstPools(run);
  const [start, first] = await together<[Start, IterationReport]>(work.gate, [stage1(run, blind), iteration(run, 1, [])]);
  const iterations = [first];
  for (let k = 2; k <= settings.iterations; k++) iterations.push(await iteration(run, k, iterations));
  await saveStudent(run, store);
  return reportOf(run, blind, start, iterations);
}

/** An iteration's report: as the ledger has it, or from going through it now. */
async function iteration(run: Run, k: number, before: readonly IterationReport[]): Promise<IterationReport> {
  const key = iterationKey(k);
  const report = await run.work.once(key, null, async () => {
    const result = await iterate(run, k);
    run.emit({ type: 'iteration', report: result });
    run.emit({ type: 'health', iteration: k, signs: healthOf([...before, result]) });
    return { result, items: 0, tokens: 0 };
  });
  // An iteration that the ledger had whole has moved no bar.
  for (const phase of ['tune', 'evaluate', 'assess', 'augment'] as const) run.work.progress.finish(k, phase);
  return report;
}

/** Where the ledger keeps an iteration's report. */
export const iterationKey = (k: number) => ({ iteration: k, phase: 'save' as const, item: 'report' });

/** Keeps the student as a Hugging Face checkpoint in the store, file by file, and forgets what it was made from. */
async function saveStudent({ id, settings: { iterations }, players, work }: Run, store: ByteStore): Promise<void> {
  await players.studentLane.run(() => work.once(studentFilesKey, null, async () => {
    await players.student.become(`tuned-${iterations}`);
    const files = await players.student.model.save();
    for (const [name, bytes] of files) await store.put(`${runFolder(id)}saved/${name}`, bytes);
    return { result: [...files.keys()].sort(), items: 1, tokens: 0 };
  }));
  for (const milestone of ['aligned', `tuned-${iterations}`]) await players.student.forget(`${milestone}/`);
  work.progress.finish(iterations, 'save');
}

/** Where the ledger keeps the names of the saved student's files. */
export const studentFilesKey = { iteration: 0, phase: 'save' as const, item: 'student' };

function reportOf({ preset, settings, cast, work }: Run, blind: number | null, start: Start, iterations: IterationReport[]): Report {
  const { student, teacher } = cast;
  return {
    version,
    preset,
    seed: settings.seed,
    settings,
    backend: student.info.backend,
    adapter: student.info.adapter,
    teacher: { name: teacher.info.name, parameters: teacher.info.parameters, ...start.teacher },
    student: { name: student.info.name, parameters: student.info.parameters },
    ...standIn('assessor', cast, settings),
    ...standIn('augmentor', cast, settings),
    baselines: { blind, aligned: start.aligned },
    align: start.align,
    iterations,
    health: healthOfAll(iterations),
    seconds: work.clock(),
  };
}

/** The model that plays a role in the teacher's stead, where another one does. */
function standIn(role: 'assessor' | 'augmentor', cast: Cast, settings: Settings): Pick<Report, 'assessor' | 'augmentor'> {
  const player = playerOf(role, settings);
  const info = player === 'teacher' ? undefined : cast[player]?.info;
  return info ? { [role]: { name: info.name, parameters: info.parameters } } : {};
}
