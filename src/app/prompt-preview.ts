/**
 * What a model would be asked with the drafted settings: each role's template filled with a sample. The chat template around
 * it is the checkpoint's, and the conductor's to fetch.
 */
import type { AssessedSample, Role } from '../comd/events';
import { familyTemplates, promptsOf } from '../comd/prompts/choose';
import type { PromptFamily, Templates } from '../comd/prompts/family';
import type { SettingName, Settings } from '../settings';

/** What stands in the places of a template. */
export interface PreviewSample {
  instruction: string;
  teacher: string;
  student: string;
  reference: string;
}

/** Shown while no run has assessed anything. */
export const exampleSample: PreviewSample = { instruction: 'what is to the left of the apple?', teacher: 'a cat', student: 'a small dog', reference: 'a cat' };

export const sampleFrom = ({ record, teacherAnswer, studentAnswer }: AssessedSample): PreviewSample => (
  { instruction: record.instruction, teacher: teacherAnswer, student: studentAnswer, reference: record.answer }
);

interface PromptKind {
  label: string;
  role: Role;
  turn(prompts: PromptFamily, sample: PreviewSample): string;
}

/** All that a run says to models, by role. */
export const promptKinds = {
  teacher: { label: 'Teacher answers', role: 'teacher', turn: (prompts, { instruction }) => prompts.answer(instruction) },
  student: { label: 'Student answers', role: 'student', turn: (prompts, { instruction }) => prompts.answer(instruction) },
  assess: {
    label: 'Assessor marks', role: 'assessor', turn: (prompts, { instruction, teacher, student }) => prompts.assess(instruction, teacher, student, null),
  },
  reference: {
    label: 'Assessor marks, with reference', role: 'assessor',
    turn: (prompts, { instruction, teacher, student, reference }) => prompts.assess(instruction, teacher, student, reference),
  },
  augment: { label: 'Augmentor, difficult seed', role: 'augmentor', turn: (prompts, { instruction }) => prompts.augment(instruction, 'difficult') },
  easy: { label: 'Augmentor, easy seed', role: 'augmentor', turn: (prompts, { instruction }) => prompts.augment(instruction, 'easy') },
  propose: { label: 'Augmentor, first instruction', role: 'augmentor', turn: (prompts) => prompts.propose() },
} as const satisfies Record<string, PromptKind>;
export type PromptKindName = keyof typeof promptKinds;

/** The user's turn of one kind as the settings have it. */
export function turnOf(kind: PromptKindName, settings: Settings, sample: PreviewSample): string {
  const { role, turn }: PromptKind = promptKinds[kind];
  return turn(promptsOf(role, settings), sample);
}

const templateSettings: Partial<Record<SettingName, { role: Role; template: keyof Templates }>> = {
  answerPrompt: { role: 'teacher', template: 'answer' },
  assessPrompt: { role: 'assessor', template: 'assess' },
  referencePrompt: { role: 'assessor', template: 'assessWithReference' },
  augmentPrompt: { role: 'augmentor', template: 'augment' },
  easyPrompt: { role: 'augmentor', template: 'augmentEasy' },
  proposePrompt: { role: 'augmentor', template: 'propose' },
};

/** What stands for an empty template: the text of the family of the model that is asked; '' for other settings. */
export function ownText(name: SettingName, settings: Settings): string {
  const shown = templateSettings[name];
  return shown ? familyTemplates(shown.role, settings)[shown.template] : '';
}
