/**
 * What the phases of one run share: its settings and data, the players with their lanes, its ledgered work, and where
 * its events go. It is put together once and never changed.
 */
import type { ModelInfo, ModelWorker } from '../../workers/protocol';
import type { DataSet, TestItem } from '../data/types';
import { TestItems } from '../pools/test-items';
import type { PresetName } from '../presets';
import type { Settings } from '../settings';
import type { Role, RunEvent } from './events';
import { Lane } from './lane';
import { type Chooser, chooser } from './likeness';
import { playerOf } from './models';
import { promptsOf } from './prompts/choose';
import { type Answerer, answerer, type Assessor, assessor, type Augmentor, augmentor, type Proposer, proposer } from './roles';
import { type SoftScorer, softScorer } from './soft';
import { type SureJudge, sureJudge } from './sureness';
import { speakerOf } from './speaker';
import { type ByteStore, Student } from './student';
import type { Work } from './work';

/** A loaded model with what it said of itself. */
export interface Actor {
  model: ModelWorker;
  info: ModelInfo;
}
/** The models of a run. The teacher plays those of its three roles that no other model was named for. */
export interface Cast extends Partial<Record<Role, Actor>> {
  student: Actor;
  teacher: Actor;
}

/** Who does what. The roles of the teacher may be played by three models as well as by one. */
export interface Players {
  student: Student;
  studentAnswers: Answerer;
  studentLane: Lane;
  teacherAnswers: Answerer;
  softens: SoftScorer;
  isSure: SureJudge;
  assesses: Assessor;
  augments: Augmentor;
  chooses: Chooser;
  proposes: Proposer;
  teacherLane: Lane;
}

/** What models are judged on. Their answers are for `evaluate/` only. */
export interface HeldOut {
  test: TestItem[];
  style: TestItem[];
}

export interface Run {
  id: string;
  preset: PresetName;
  settings: Settings;
  data: DataSet;
  heldOut: HeldOut;
  cast: Cast;
  players: Players;
  work: Work;
  emit: (event: RunEvent) => void;
}

export async function heldOutOf(data: DataSet, settings: Settings): Promise<HeldOut> {
  return { test: await data.test(settings.testItems), style: await data.heldOutStyle(settings.heldOutItems) };
}

/** What may not enter the pools of a run: the items that it is judged on, and whatever else its data holds out. */
export function forbiddenBy({ test, style }: HeldOut, data: DataSet): TestItems {
  return new TestItems([...test, ...style], (asked) => data.forbids?.(asked) ?? false);
}

/** Gives the cast its roles. */
export function playersOf(run: string, cast: Cast, data: DataSet, settings: Settings, store: ByteStore, work: Work): Players {
  const speak = (role: Role) => speakerOf((cast[playerOf(role, settings)] ?? cast.teacher).model, data);
  const prompts = (role: Role) => promptsOf(role, settings);
  return {
    student: new Student(cast.student.model, store, run, settings),
    studentAnswers: answerer(speak('student'), prompts('student'), settings),
    studentLane: new Lane(work.gate),
    teacherAnswers: answerer(speak('teacher'), prompts('teacher'), settings),
    softens: softScorer(cast, prompts('teacher'), settings),
    isSure: sureJudge(cast.teacher.model, prompts('teacher'), settings),
    assesses: assessor(speak('assessor'), prompts('assessor'), settings),
    augments: augmentor(speak('augmentor'), prompts('augmentor'), settings),
    chooses: chooser((cast[playerOf('augmentor', settings)] ?? cast.teacher).model, data),
    proposes: proposer(speak('augmentor'), prompts('augmentor'), settings),
    teacherLane: new Lane(work.gate),
  };
}
