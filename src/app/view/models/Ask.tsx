/** The model that is asked, from its loading to its answers. */
import type { ModelsPage } from '../../models/open';
import { Exchanges } from './Exchanges';
import { Facts } from './Facts';
import { LoadForm } from './LoadForm';
import { QuestionForm } from './QuestionForm';

export function Ask({ page }: { page: ModelsPage }) {
  const info = page.asked.info.value;
  return (
    <section class="ask" aria-labelledby="ask-title">
      <h2 id="ask-title">Ask</h2>
      <LoadForm page={page} />
      {info !== null && <Facts info={info} />}
      <QuestionForm page={page} />
      <Exchanges exchanges={page.asked.exchanges.value} />
    </section>
  );
}
