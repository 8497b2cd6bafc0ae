/** The errors of a screen: the last one that nobody has dismissed, and a way to do what may fail. */
import { signal } from '@preact/signals';
import type { ComdError } from '../../errors';
import { asComdError } from '../as-comd-error';

export class Faults {
  readonly error = signal<ComdError | null>(null);

  /** What `work` gives, or null when it failed; the error is then shown, unless the user wanted the end. */
  async attempt<T>(work: () => T | Promise<T>): Promise<T | null> {
    this.dismiss();
    try {
      return await work();
    } catch (error) {
      const shown = asComdError(error, 'Try again; if it comes back, reload the page. What is kept on this machine stays.');
      if (shown.code !== 'checkpoint/cancelled' && shown.code !== 'data/cancelled') this.error.value = shown;
      return null;
    }
  }

  dismiss(): void {
    this.error.value = null;
  }
}
