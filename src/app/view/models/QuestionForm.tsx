/** A question: the pictures that it is about, its words, and how it is answered. */
import { useRef } from 'preact/hooks';
import type { QuestionDraft } from '../../models/ask-session';
import type { ModelsPage } from '../../models/open';
import { questionOf } from '../../models/question';
import { useDrop } from './drop';
import { Picture } from './Picture';
import { Press } from './Press';

export function QuestionForm({ page: { asked, faults } }: { page: ModelsPage }) {
  const picker = useRef<HTMLInputElement>(null);
  const draft = asked.question.value;
  const info = asked.info.value;
  const state = asked.state.value;
  const can = state === 'ready' && info !== null && info.speaks;
  const set = (change: Partial<QuestionDraft>) => { asked.question.value = { ...asked.question.value, ...change }; };
  const add = (files: Iterable<File>) => void faults.attempt(() => asked.addImages([...files]));
  const drop = useDrop((transfer) => add(transfer.files));
  const ask = () => { if (can) void faults.attempt(() => asked.ask(questionOf(draft))); };
  const paste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length === 0) return;
    event.preventDefault();
    add(files);
  };
  return (
    <form class={drop.over ? 'question drop over' : 'question drop'} onSubmit={(event) => { event.preventDefault(); ask(); }} onPaste={paste} {...drop.on}>
      <ul class="pictures" aria-label="Images of the question">
        {asked.images.value.map((image) => (
          <li key={image.name}><Picture image={image} /><Press onPress={() => asked.removeImage(image.name)} label={`Remove ${image.label}`}>×</Press></li>
        ))}
      </ul>
      <div class="image-tools">
        <Press onPress={() => picker.current?.click()}>Add images…</Press>
        <input ref={picker} type="file" accept="image/*" multiple hidden onChange={(event) => {
          add(event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }} />
        <p class="help">{info !== null && info.speaks && !info.sees ? 'This model sees no images: ask without.' : 'Or drop them here, or paste one.'}</p>
      </div>
      <label class="prompt">Question
        <textarea rows={3} value={draft.prompt} onInput={(event) => set({ prompt: event.currentTarget.value })}
          onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) ask(); }} />
      </label>
      <div class="fields">
        <label>New tokens<input type="text" inputMode="numeric" autocomplete="off" value={draft.maxNewTokens} onInput={(event) => set({ maxNewTokens: event.currentTarget.value })} /></label>
        <label>Temperature<input type="text" inputMode="decimal" autocomplete="off" value={draft.temperature} onInput={(event) => set({ temperature: event.currentTarget.value })} /></label>
        <label>Seed<input type="text" inputMode="numeric" autocomplete="off" value={draft.seed} onInput={(event) => set({ seed: event.currentTarget.value })} /></label>
      </div>
      <div class="buttons">
        <button type="submit" class={can ? 'primary' : ''} aria-disabled={!can}>{state === 'answering' ? 'Answering' : 'Ask'}</button>
        <p class="help">{state === 'empty' ? 'Load a model first.' : info !== null && !info.speaks ? 'This model has no decoder to answer with.' : ''}</p>
      </div>
    </form>
  );
}
