/** Joins a vision tower and a decoder into a student. */
import { signal } from '@preact/signals';
import { compositionOf, blankComposition, type CompositionDraft } from '../../models/composition';
import type { ModelsPage } from '../../models/open';
import { nowhere, type PlaceDraft } from '../../models/place';
import { PlaceInput } from './PlaceInput';
import { Press } from './Press';
import { TransferView } from './TransferView';

/** Kept while another screen is shown. */
const composed = signal<CompositionDraft>(blankComposition);

export function Compose({ page }: { page: ModelsPage }) {
  const { library, faults, base } = page;
  const draft = composed.value;
  const chore = library.chore.value;
  const set = (change: Partial<CompositionDraft>) => { composed.value = { ...composed.value, ...change }; };
  const compose = () => faults.attempt(async () => {
    await library.compose(compositionOf(draft, base));
    if (composed.value === draft) composed.value = blankComposition;
  });
  return (
    <section aria-labelledby="compose-title">
      <h2 id="compose-title">Compose a student</h2>
      <p class="lead">A vision tower and a decoder, joined by a fresh connector into a LLaVA checkpoint that stage 1 can align.</p>
      <Part page={page} id="tower" label="Vision tower" draft={draft.tower} onChange={(tower) => set({ tower })} />
      <Part page={page} id="decoder" label="Decoder" draft={draft.decoder} onChange={(decoder) => set({ decoder })} />
      <div class="fields composition">
        <label>Name<input type="text" autocomplete="off" spellcheck={false} value={draft.name} onInput={(event) => set({ name: event.currentTarget.value })} /></label>
        <label>Connector
          <select value={draft.connector} onChange={(event) => set({ connector: event.currentTarget.value as CompositionDraft['connector'] })}>
            <option value="mlp">two layers</option><option value="linear">one layer</option>
          </select>
        </label>
        <label>Seed<input type="text" inputMode="numeric" autocomplete="off" value={draft.seed} onInput={(event) => set({ seed: event.currentTarget.value })} /></label>
      </div>
      <div class="buttons"><Press kind="primary" can={chore === null} onPress={() => void compose()}>Compose</Press></div>
      {chore?.kind === 'compose' && (
        <div class="chore">
          <TransferView label={chore.ending ? `Ending the composition of ${chore.name}` : `Composing ${chore.name}`} transfer={chore.transfer} />
          <Press can={!chore.ending} onPress={() => void faults.attempt(() => library.cancel())} about={`composing ${chore.name}`}>Cancel</Press>
        </div>
      )}
    </section>
  );
}

interface PartProps {
  page: ModelsPage;
  id: string;
  label: string;
  draft: PlaceDraft;
  onChange(draft: PlaceDraft): void;
}

/** A kept model, or another place. */
function Part({ page: { library, faults }, id, label, draft, onChange }: PartProps) {
  const kept = library.kept.value ?? [];
  return (
    <div class="part">
      <label for={`${id}-kept`}>{label}</label>
      <select id={`${id}-kept`} value={draft.kept} onChange={(event) => onChange({ ...nowhere, kept: event.currentTarget.value })}>
        <option value="">by address or folder</option>
        {kept.map((model) => <option key={model.id} value={model.id}>{model.name} ({model.family})</option>)}
      </select>
      {draft.kept === '' && <PlaceInput id={id} label={`Place of the ${label.toLowerCase()}`} draft={draft} faults={faults} onChange={onChange} />}
    </div>
  );
}
