/**
 * The terminal's way to the models screen: its sessions behind one object on `window`, in plain data. It adds nothing
 * to what the screen can do. Files come through hidden inputs (`view/models/TerminalInputs.tsx`), which a driver fills.
 */
import type { Composition, GenerateOptions, KeptModel, LoadOptions, ModelInfo, ModelPlace } from '../../../workers/protocol';
import type { ErrorCode } from '../../errors';
import type { CandidateLoss } from '../../evaluate/benchmarks/run';
import { asComdError } from '../as-comd-error';
import type { Answer, AskSession, Question } from './ask-session';
import type { ModelsEvent } from './events';
import type { LibrarySession } from './library-session';
import { answersTo, lossesOf, type ShownCandidate, type ShownQuestion } from './many';
import { addressOf } from './place';

/** The hidden inputs, by what their files are. */
export const terminalInputs = {
  model: 'terminal-model', adapter: 'terminal-adapter', tower: 'terminal-tower', decoder: 'terminal-decoder', images: 'terminal-images',
} as const;
type Input = keyof typeof terminalInputs;

/** `picked` means the files that were put last into the input of the same role; `name` is their folder's. */
export type TerminalPlace = { url: string } | { kept: string } | { picked: true; name: string };

/** What came of a call. An error thrown across would reach the driver as text alone. */
export type Outcome<T> = { value: T } | { error: { code: ErrorCode; message: string; remedy: string } };

export interface ComdModels {
  open(place: TerminalPlace, options: Omit<LoadOptions, 'adapter'> & { adapter?: TerminalPlace }): Promise<Outcome<ModelInfo>>;
  /** Shows the pictures that were put into `terminal-images` with the questions to come, in place of those before. */
  addImages(): Promise<Outcome<number>>;
  ask(question: Question): Promise<Outcome<Answer>>;
  /** Answers to many questions about the pictures that are shown, each of which names its own; those are then forgotten. */
  answers(questions: ShownQuestion[], options: GenerateOptions): Promise<Outcome<string[]>>;
  /** What the model's loss is on given answers, likewise. */
  losses(candidates: ShownCandidate[]): Promise<Outcome<CandidateLoss[]>>;
  logits(prompt: string): Promise<Outcome<{ inputIds: number[]; lastLogits: number[] }>>;
  keep(place: TerminalPlace): Promise<Outcome<KeptModel>>;
  compose(parts: Omit<Composition, 'tower' | 'decoder'> & { tower: TerminalPlace; decoder: TerminalPlace }): Promise<Outcome<KeptModel>>;
  list(): Promise<Outcome<readonly KeptModel[]>>;
  /** Gives a kept model to the browser's downloads as one zip. */
  archive(id: string): Promise<Outcome<string>>;
  /** Ends what is under way, and lets go of the model. */
  close(): Promise<Outcome<null>>;
}

declare global {
  interface Window {
    /** There while the models screen is. */
    comdModels?: ComdModels;
  }
  interface WindowEventMap {
    'comd-models': CustomEvent<ModelsEvent>;
  }
}

interface Hands {
  /** The files that lie in an input. */
  files(id: string): File[];
  save(file: File): void;
  /** What relative addresses are taken from. */
  base: string;
}

export function terminalOver(library: LibrarySession, asked: AskSession, { files, save, base }: Hands): ComdModels {
  const placed = (place: TerminalPlace, input: Input): ModelPlace => {
    if ('url' in place) return { kind: 'url', url: addressOf(place.url, `the ${input}`, base) };
    return 'kept' in place ? { kind: 'kept', id: place.kept } : { kind: 'files', name: place.name, files: files(terminalInputs[input]) };
  };
  return {
    open: (place, { adapter, ...options }) => outcome(() => asked.open(
      placed(place, 'model'), { ...options, ...(adapter === undefined ? {} : { adapter: placed(adapter, 'adapter') }) },
    )),
    addImages: () => outcome(async () => {
      asked.images.value = [];
      await asked.addImages(files(terminalInputs.images));
      return asked.images.value.length;
    }),
    ask: (question) => outcome(() => asked.ask(question)),
    answers: (questions, options) => outcome(() => answersTo(asked, questions, options)),
    losses: (candidates) => outcome(() => lossesOf(asked, candidates)),
    logits: (prompt) => outcome(async () => {
      const { inputIds, lastLogits } = await asked.logits(prompt);
      return { inputIds, lastLogits: [...lastLogits] };
    }),
    keep: (place) => outcome(() => library.keep(placed(place, 'model'))),
    compose: ({ tower, decoder, ...parts }) => outcome(() => library.compose({
      ...parts, tower: placed(tower, 'tower'), decoder: placed(decoder, 'decoder'),
    })),
    list: () => outcome(async () => {
      await library.refresh();
      return library.kept.value ?? [];
    }),
    archive: (id) => outcome(async () => {
      const file = await library.archive({ id, name: id });
      save(file);
      return file.name;
    }),
    close: () => outcome(async () => {
      asked.close();
      await library.cancel();
      return null;
    }),
  };
}

async function outcome<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    const { code, message, remedy } = asComdError(error, 'Run it again; if it comes back, report it with this message.');
    return { error: { code, message, remedy } };
  }
}
