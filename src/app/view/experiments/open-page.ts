/** Shows a page that was made here in a tab of its own, or saves it where the browser opens none. */
import { saveAs } from '../save-as';

/** `name` is the file's, should it be saved. */
export function openPage(html: string, name: string): void {
  const page = new Blob([html], { type: 'text/html' });
  const url = URL.createObjectURL(page);
  if (window.open(url) === null) saveAs(page, name);
  // The tab has read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
