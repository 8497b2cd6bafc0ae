/** What a command ends with: 0 when it did its work, 1 when it could not, 2 when it was called wrongly. */
import { ComdError } from '../src/errors';

/** Runs a command, and says on the standard error what ended it early and what to do. */
export async function exitCode(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    const comd = error instanceof ComdError ? error : null;
    console.error(`\nError: ${error instanceof Error ? error.message : String(error)}`);
    if (comd) console.error(comd.remedy);
    return comd?.code === 'settings/invalid' ? 2 : 1;
  }
}
