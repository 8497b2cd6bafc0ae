/** What went wrong and what to do about it. */
import type { Session } from '../session';
import { useSlice } from './slice';

export function Banner({ session }: { session: Session }) {
  const error = useSlice(session, (view) => view.error);
  const failed = useSlice(session, (view) => view.state === 'failed');
  return (
    <div role="alert">
      {error !== null && (
        <div class="banner">
          <p><strong>{error.message}</strong> <span>{error.remedy}</span></p>
          <div class="buttons">
            {failed && <button type="button" onClick={() => void session.resume()}>Resume</button>}
            <button type="button" onClick={() => session.dismiss()}>Dismiss</button>
          </div>
        </div>
      )}
    </div>
  );
}
