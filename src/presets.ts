/**
 * Named bundles of a data set, two models and the settings that differ from the defaults. What a setting means is
 * `settings.ts`' to say.
 */
import { defaults, type Settings } from './settings';

/** One of them. */
export interface Preset {
  label: string;
  help: string;
  dataset: string;
  teacher: string;
  student: string;
  settings: Partial<Settings>;
}

/**
 * In the bundled data two questions about one image that differ in one word of six or seven ("how many birds do you
 * see?", "how many tools do you see?") are different questions; at the method's 0.7 they would count as repeats.
 */
const shortQuestions = { rougeLimit: 0.9 } as const;
/**
 * And an image of the emoji world has so few questions of a kind that half of what is written about the seed's own image
 * is known already: new ones are written about images drawn afresh that look like it, and join where the teacher is sure of its
 * answer and the student contests it. Its assessor answers for itself before it marks. `docs/experiments.md` tells how each of these came about.
 */
const ofEmojiWorld = { ...shortQuestions, freshImages: 1, imageChoices: 4, leastSure: 0.9, contested: true, ownReference: true } as const;

export const presets = {
  emoji: {
    label: 'Emoji world', help: 'The bundled world at full size: nine minutes on two cores.',
    dataset: 'emoji', teacher: 'models/emoji-teacher', student: 'models/emoji-student', settings: { ...ofEmojiWorld, alignPairs: 4000, pool: 3400, reserve: 1200 },
  },
  experiment: {
    label: 'Emoji world, for experiments', help: 'A quarter of the pool and more test items: what the experiments repeat over seeds and settings.',
    dataset: 'emoji', teacher: 'models/emoji-teacher', student: 'models/emoji-student',
    settings: { ...ofEmojiWorld, pool: 800, reserve: 800, assessSample: 300, testItems: 1000 },
  },
  quick: {
    label: 'Emoji world, quick', help: 'The same, small enough for a minute.',
    dataset: 'emoji', teacher: 'models/emoji-teacher', student: 'models/emoji-student',
    settings: { ...ofEmojiWorld, alignPairs: 800, pool: 400, reserve: 200, tuneEpochs: 2, assessSample: 96, testItems: 120, heldOutItems: 32 },
  },
  tiny: {
    label: 'Emoji world, tiny', help: 'Only to see every phase go by; nothing is learned.',
    dataset: 'emoji', teacher: 'models/emoji-teacher', student: 'models/emoji-student',
    settings: { ...ofEmojiWorld, alignPairs: 32, alignBatch: 8, pool: 16, tuneBatch: 8, tuneEpochs: 1, assessSample: 6, testItems: 12, heldOutItems: 4, augmentRounds: 2 },
  },
  stamps: {
    label: 'Tux Paint stamps', help: 'Photographs and drawings with captions, built by `npm run build:stamps`. The bundled teacher has never seen a photograph: bring your own models.',
    dataset: 'stamps', teacher: 'models/emoji-teacher', student: 'models/emoji-student',
    settings: { ...shortQuestions, alignPairs: 400, alignEpochs: 6, pairFilter: false, pool: 1200, assessSample: 200, testItems: 300, heldOutItems: 100 },
  },
} as const satisfies Record<string, Preset>;
export type PresetName = keyof typeof presets;

/** The default settings with a preset's own and the user's on top. */
export function settingsOf(preset: PresetName, overrides: Partial<Settings> = {}): Settings {
  return { ...defaults, ...presets[preset].settings, ...overrides };
}
