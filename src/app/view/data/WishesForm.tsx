/** How the rows are to be taken: the name of the data set, its licence, its encoding, and whether all of it is held out. */
import type { TakeWishes } from '../../../../workers/data-protocol';
import type { DataPage } from '../../data/open';

export function WishesForm({ page: { data, faults } }: { page: DataPage }) {
  const wishes = data.wishes.value;
  const wish = (change: Partial<TakeWishes>) => void faults.attempt(() => data.wish(change));
  return (
    <form class="wishes" onSubmit={(event) => event.preventDefault()}>
      <div class="fields two">
        <label>Name <input type="text" autocomplete="off" value={wishes.name} onInput={(event) => wish({ name: event.currentTarget.value })} /></label>
        <label>Licence <input type="text" autocomplete="off" placeholder="for you to remember" value={wishes.licence} onInput={(event) => wish({ licence: event.currentTarget.value })} /></label>
        <label>
          Text is{' '}
          <select value={wishes.encoding} onChange={(event) => wish({ encoding: event.currentTarget.value as TakeWishes['encoding'] })}>
            <option value="utf-8">UTF-8, or as its mark says</option>
            <option value="windows-1252">Windows-1252</option>
          </select>
        </label>
      </div>
      <label class="check"><input type="checkbox" checked={wishes.heldOutOnly} onChange={(event) => wish({ heldOutOnly: event.currentTarget.checked })} /> A test set: hold out all of it</label>
      <p class="help">
        {wishes.heldOutOnly
          ? 'Models can be examined on it; nothing of it may enter the pools of any run.'
          : 'A tenth of the pictures is held out, by the content of each, as test items: a run never learns from them.'}
        {' '}An answer counts as right when it says the same words as the row&#39;s, whatever the case, articles, final full stop and spelling of numbers.
      </p>
    </form>
  );
}
