/** Remarks that the run made on the way. */
import type { Session } from '../session';
import { useSlice } from './slice';

export function Notices({ session }: { session: Session }) {
  const notices = useSlice(session, (view) => view.notices);
  if (notices.length === 0) return null;
  return (
    <div class="notices">
      <h3>Remarks</h3>
      <ol>{notices.map((notice, index) => <li key={index}>{notice}</li>)}</ol>
    </div>
  );
}
