/**
 * The terminal's way to the data screen: taking in what was put into its hidden inputs, behind one object on `window`, in plain
 * data. It adds nothing to what the screen can do.
 */
import type { OwnSet, TakeProgress, TakeSummary } from '../../../workers/data-protocol';
import type { ErrorCode } from '../../errors';
import { asComdError } from '../as-comd-error';
import { entriesOf } from '../models/picked';
import type { DataSession } from './data-session';
import { givenOf } from './given';

/** The hidden inputs: a folder with all that is in it, or files. */
export const terminalDataInputs = { folder: 'terminal-data-folder', files: 'terminal-data-files' } as const;

export type DataOutcome = { set: OwnSet | null; summary: TakeSummary } | { error: { code: ErrorCode; message: string; remedy: string } };

export interface ComdData {
  /** Takes in what lies in an input, as the screen would with its plain wishes. */
  take(input: keyof typeof terminalDataInputs): Promise<DataOutcome>;
}

declare global {
  interface Window {
    /** There while the data screen is. */
    comdData?: ComdData;
  }
  interface WindowEventMap {
    'comd-data': CustomEvent<TakeProgress>;
  }
}

/** `filesIn` are the files that lie in an input by its id. */
export function terminalData(session: DataSession, filesIn: (id: string) => File[]): ComdData {
  return {
    async take(input) {
      try {
        await session.give(givenOf(entriesOf(filesIn(terminalDataInputs[input]))));
        const taken = await session.take();
        if (taken === null) throw new Error('Nothing was given.');
        return taken;
      } catch (error) {
        const { code, message, remedy } = asComdError(error, 'Run it again; if it comes back, report it with this message.');
        return { error: { code, message, remedy } };
      }
    },
  };
}
