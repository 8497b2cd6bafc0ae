/** What there is to measure on. */
import type { SpeedPage } from '../../speed/open';

export function Devices({ page: { speed, processors } }: { page: SpeedPage }) {
  const adapter = speed.adapter.value;
  return (
    <div class="devices">
      <dl class="ledger" aria-label="What there is to measure on">
        <div><dt>WebGPU</dt><dd>{adapter === undefined ? 'Looking for an adapter' : adapter === null ? 'None: this browser offers no adapter' : adapter.name}</dd></div>
        <div><dt>WASM</dt><dd>{speed.processor.value ?? `CPU, ${processors} ${processors === 1 ? 'core' : 'cores'}`}</dd></div>
      </dl>
      {adapter?.software === true && (
        <>
          <p class="help" id="software-help">This WebGPU adapter is no GPU but software: it computes on the CPU, slower than WASM does. It is left out unless you ask for it.</p>
          <p>
            <label class="choice">
              <input
                type="checkbox" aria-describedby="software-help" checked={speed.softwareToo.value} disabled={speed.state.value === 'running'}
                onChange={({ currentTarget }) => { speed.softwareToo.value = currentTarget.checked; }}
              />
              Measure it all the same: it takes minutes
            </label>
          </p>
        </>
      )}
    </div>
  );
}
