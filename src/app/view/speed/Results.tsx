/** What was measured, and how to take it along. */
import { useState } from 'preact/hooks';
import type { SpeedPage } from '../../speed/open';
import { Press } from '../models/Press';
import { saveAs } from '../save-as';
import { SpeedTable } from './SpeedTable';

export function Results({ page }: { page: SpeedPage }) {
  const [said, setSaid] = useState('');
  const can = page.speed.entries.value.some(({ outcome }) => outcome !== null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(page.report());
      setSaid('Copied.');
    } catch {
      // A page without https has no clipboard, and a user may deny it.
      setSaid('This browser does not let the page copy. Save the file instead.');
    }
  };
  const save = () => {
    saveAs(new Blob([page.report()], { type: 'application/json' }), 'comd-speed.json');
    setSaid('');
  };
  return (
    <section aria-labelledby="results-title">
      <h2 id="results-title">What was measured</h2>
      <SpeedTable page={page} />
      <div class="buttons">
        <Press can={can} onPress={() => void copy()}>Copy as JSON</Press>
        <Press can={can} onPress={save}>Save as JSON</Press>
        <span class="help" role="status">{said}</span>
      </div>
      <div class="legend help">
        <p>
          GFLOP/s counts two operations for every parameter and token, and four more in training. The share is of what the same
          implementation reaches in one large matrix product on the same backend. Dispatches, submits and readbacks are
          WebGPU's; WASM has none. MB is the most that WebGPU's buffers held, or the size of WASM's memory.
        </p>
        <p>
          Other projects' libraries are not part of this page. <code>npm run bench</code>, run in a copy of this project, measures them by the same rules:
          {' '}@genai-fi/nanogpt, @jax-js/jax and Transformers.js.
        </p>
      </div>
    </section>
  );
}
