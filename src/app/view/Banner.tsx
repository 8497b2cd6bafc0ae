/** What went wrong and what to do about it, at the foot of the window, where it is seen and moves nothing. */
import type { Session } from '../session';
import { useSlice } from './slice';

export function Banner({ session }: { session: Session }) {
  const error = useSlice(session, (view) => view.error);
  return (
    <div role="alert">
      {error !== null && (
        <div class="banner">
          <div class="banner-row">
            <p><strong>{error.message}</strong> <span>{error.remedy}</span></p>
            <button type="button" onClick={() => session.dismiss()}>Dismiss</button>
          </div>
        </div>
      )}
    </div>
  );
}
