/**
 * What the phases of one run share: its settings and data, the players with their lanes, its ledgered work, and where
 * its events go. It is put together once and never changed.
 */
import type { ModelInfo, ModelWorker } from '../../workers/protocol';
import type { DataSet, InstructionRecord, TestItem } from '../data/types';
import { TestItems } from '../pools/test-items';
import type { PresetName, Settings } from '../settings';
import type { RunEvent } from './events';
import { Lane } from './lane';
import { emojiPrompts } from './prompts';
import { type Answerer, answerer, type Assessor, assessor, type Augmentor, augmentor } from './roles';
import { speakerOf } from './speaker';
import { type ByteStore, Student } from './student';
import type { Work } from './work';

/** The two models, loaded, with what they said of themselves. */
export interface Cast {
  student: { model: ModelWorker; info: ModelInfo };
  teacher: { model: ModelWorker; info: ModelInfo };
}

/** Who does what. The roles of the teacher may be played by three models as well as by one. */
export interface Players {
  student: Student;
  studentAnswers: Answerer;
  studentLane: Lane;
  teacherAnswers: Answerer;
  assesses: Assessor;
  augments: Augmentor;
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

export function heldOutOf(data: DataSet, settings: Settings): HeldOut {
  return { test: data.test(settings.testItems), style: data.heldOutStyle(settings.heldOutItems) };
}

/** What may not enter the pools of a run. */
export const forbiddenBy = (heldOut: HeldOut): TestItems => new TestItems([...heldOut.test, ...heldOut.style]);

/** Gives the cast its roles: the bundled teacher answers, assesses and augments. */
export function playersOf(run: string, cast: Cast, data: DataSet, settings: Settings, store: ByteStore, work: Work): Players {
  const teacher = speakerOf(cast.teacher.model, data);
  return {
    student: new Student(cast.student.model, store, run, settings),
    studentAnswers: answerer(speakerOf(cast.student.model, data), emojiPrompts, settings),
    studentLane: new Lane(work.gate),
    teacherAnswers: answerer(teacher, emojiPrompts, settings),
    assesses: assessor(teacher, emojiPrompts, settings),
    augments: augmentor(teacher, emojiPrompts, settings),
    teacherLane: new Lane(work.gate),
  };
}

/**
 * The records that iteration `iteration` tunes on: the whole tuning pool as it then was, or in `replace` mode only the
 * newest records that there then were.
 */
export async function tuningPool({ work, settings }: Run, iteration: number): Promise<InstructionRecord[]> {
  const pool = await work.ledger.pool('tuning', iteration - 1);
  if (settings.poolMode === 'accumulate') return pool;
  // Not by spreading: a call takes some 120,000 arguments at most, and a pool may hold more.
  const newest = pool.reduce((most, { iteration: own }) => Math.max(most, own), 0);
  return pool.filter((record) => record.iteration === newest);
}
