/** What was asked and answered since the page was opened, newest first. */
import { elapsed } from '../../format';
import type { Exchange } from '../../models/ask-session';
import { Picture } from './Picture';

export function Exchanges({ exchanges }: { exchanges: readonly Exchange[] }) {
  if (exchanges.length === 0) return null;
  return (
    <>
      <h3 class="entries-title">Asked</h3>
      <ol class="exchanges" reversed>
        {exchanges.map((exchange, index) => <One key={index} exchange={exchange} />).reverse()}
      </ol>
    </>
  );
}

const waiting: Partial<Record<Exchange['state'], string>> = {
  looking: 'Looking at what it is shown.', answering: 'Reading the question.', stopped: 'Stopped before it said anything.', failed: 'Failed before it said anything.',
};

function One({ exchange }: { exchange: Exchange }) {
  const { prompt, images, model, text, tokens, seconds, state } = exchange;
  return (
    <li class="exchange" data-state={state}>
      {images.length > 0 && <div class="pictures">{images.map((image) => <Picture key={image.name} image={image} />)}</div>}
      <p class="instruction">{prompt}</p>
      <p class="said">{text === '' ? <em>{waiting[state] ?? 'It said nothing.'}</em> : text}</p>
      <p class="help number">
        {model}{tokens > 0 && `, ${tokens} ${tokens === 1 ? 'token' : 'tokens'} in ${elapsed(seconds)}${seconds > 0 ? `, ${(tokens / seconds).toFixed(1)} a second` : ''}`}
        {text !== '' && (state === 'stopped' || state === 'failed') && <strong>, {state}</strong>}
      </p>
      <span class="hidden" role="status">{state === 'answered' ? `Answered: ${text}` : ''}</span>
    </li>
  );
}
