/** What went wrong and what to do about it, at the foot of the window, where it is seen and moves nothing. */
import type { ComdError } from '../../errors';

interface Props {
  error: ComdError | null;
  onDismiss(): void;
  dismissal?: string;
}

export function Banner({ error, onDismiss, dismissal = 'Dismiss' }: Props) {
  return (
    <div role="alert">
      {error !== null && (
        <div class="banner">
          <div class="banner-row">
            <p><strong>{error.message}</strong> <span>{error.remedy}</span></p>
            <button type="button" onClick={onDismiss}>{dismissal}</button>
          </div>
        </div>
      )}
    </div>
  );
}
