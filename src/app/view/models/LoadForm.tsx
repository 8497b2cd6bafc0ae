/** Which model is loaded next, and how: weights, backend, adapter. */
import type { LoadOptions } from '../../../../workers/protocol';
import { schema, schemes } from '../../../settings';
import type { LoadDraft } from '../../models/ask-session';
import type { ModelsPage } from '../../models/open';
import { isGiven, placeOf } from '../../models/place';
import { Shards } from '../Shards';
import { PlaceInput } from './PlaceInput';
import { Press } from './Press';

const weightsWords: Record<LoadOptions['weights'], string> = {
  f32: 'f32: exact', f16: 'f16: half the room', int8: 'int8: a quarter', int4: 'int4: an eighth',
};

export function LoadForm({ page: { asked, faults, base } }: { page: ModelsPage }) {
  const chosen = asked.chosen.value;
  const draft = asked.loading.value;
  const state = asked.state.value;
  const set = (change: Partial<LoadDraft>) => { asked.loading.value = { ...asked.loading.value, ...change }; };
  const load = () => faults.attempt(async () => {
    if (chosen === null) return;
    const { weights, backend, adapter } = draft;
    await asked.open(chosen.place, { weights, backend, ...(isGiven(adapter) ? { adapter: placeOf(adapter, 'the adapter', base) } : {}) });
  });
  return (
    <div class="load">
      {chosen === null
        ? <p class="note">No model is chosen. Press Use beside a kept model, or open one without keeping it.</p>
        : <p class="chosen"><strong>{chosen.name}</strong> <span>{chosen.place.kind === 'url' ? chosen.place.url : chosen.place.kind === 'files' ? 'picked on this machine' : 'kept on this machine'}</span></p>}
      <div class="fields two">
        <label>Weights
          <select value={draft.weights} onChange={(event) => set({ weights: event.currentTarget.value as LoadDraft['weights'] })}>
            {schemes.map((scheme) => <option key={scheme} value={scheme}>{weightsWords[scheme]}</option>)}
          </select>
        </label>
        <label>Backend
          <select value={draft.backend} onChange={(event) => set({ backend: event.currentTarget.value as LoadDraft['backend'] })}>
            {schema.backend.choices.map((backend) => <option key={backend} value={backend}>{backend}</option>)}
          </select>
        </label>
      </div>
      <details class="adapter" open={isGiven(draft.adapter)}>
        <summary>LoRA adapter{isGiven(draft.adapter) && <span class="tag">given</span>}</summary>
        <PlaceInput id="adapter" label="Address or folder of the adapter" draft={draft.adapter} faults={faults} onChange={(adapter) => set({ adapter })} help="In PEFT's format: adapter_config.json and its weights." />
      </details>
      <div class="buttons">
        <Press id="load" kind={state === 'empty' && chosen !== null ? 'primary' : ''} can={chosen !== null && (state === 'empty' || state === 'ready')} onPress={() => void load()}>
          {state === 'loading' ? 'Loading' : state === 'empty' ? 'Load' : 'Load again'}
        </Press>
        <Press can={state !== 'empty'} onPress={() => asked.close()}>{state === 'loading' ? 'Cancel' : state === 'answering' ? 'Stop and unload' : 'Unload'}</Press>
      </div>
      {state === 'loading' && <div class="loading"><p role="status">Loading {chosen?.name ?? 'the model'}.</p><Shards owner={chosen?.name ?? 'model'} shards={asked.shards.value} /></div>}
    </div>
  );
}
