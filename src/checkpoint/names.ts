/**
 * One name for each tensor, whichever family and release wrote the file. Not the model: it knows only how names were
 * spelt.
 *
 * canonical                          llava                                        idefics3, smolvlm                                decoder alone       tower alone
 * vision_tower.vision_model.*        [model.]vision_tower.[vision_model.]*        model.vision_model.*                             —                   [vision_model.]*
 * multi_modal_projector.linear_1.*   [model.]multi_modal_projector.linear_1.*     model.connector.modality_projection.proj.*       —                   —
 * language_model.model.*             language_model.model.*                       model.text_model.*                               [model.]*           —
 *                                    model.language_model.*
 * language_model.lm_head.weight      [language_model.]lm_head.weight              lm_head.weight                                   lm_head.weight      —
 *
 * Text towers, projections and logit scales of `clip` and `siglip` keep their own names: nothing uses them.
 */

/** Buffers that older releases saved beside the weights and every reader recomputes. */
const recomputed = /(^|\.)(position_ids|rotary_emb\.inv_freq|rotary_emb\.(cos|sin)_cached)$/;

/** The canonical name of a stored tensor, or undefined for a buffer that is not a weight. `family` is `model_type`. */
export function canonicalName(stored: string, family = 'llava'): string | undefined {
  if (recomputed.test(stored)) return undefined;
  return (spellings[family] ?? fromLlava)(stored);
}

const head = 'language_model.lm_head.weight';

function fromLlava(stored: string): string {
  const name = stored.replace(/^model\.(?=(vision_tower|multi_modal_projector|language_model)\.)/, '');
  if (name === 'lm_head.weight') return head;
  return name
    .replace(/^vision_tower\.(?!vision_model\.)/, 'vision_tower.vision_model.')
    .replace(/^language_model\.(?!(model|lm_head)\.)/, 'language_model.model.');
}

function fromIdefics(stored: string): string {
  if (stored === 'lm_head.weight') return head;
  return stored
    .replace(/^(model\.)?text_model\./, 'language_model.model.')
    .replace(/^(model\.)?vision_model\./, 'vision_tower.vision_model.')
    .replace(/^(model\.)?connector\.modality_projection\.proj\./, 'multi_modal_projector.linear_1.');
}

function fromDecoder(stored: string): string {
  return stored === 'lm_head.weight' ? head : `language_model.model.${stored.replace(/^model\./, '')}`;
}

/** Of a whole `clip` or `siglip`, where other parts lie beside the tower. */
function fromPair(stored: string): string {
  return stored.replace(/^vision_model\./, 'vision_tower.vision_model.');
}

function fromTower(stored: string): string {
  return stored.startsWith('visual_projection.') ? stored : `vision_tower.vision_model.${stored.replace(/^vision_model\./, '')}`;
}

const spellings: Record<string, (stored: string) => string> = {
  llava: fromLlava,
  idefics3: fromIdefics, smolvlm: fromIdefics,
  llama: fromDecoder, mistral: fromDecoder, qwen2: fromDecoder,
  clip: fromPair, siglip: fromPair,
  clip_vision_model: fromTower, siglip_vision_model: fromTower,
};

/** What today's release calls a tensor, or the layer it belongs to, that has a canonical name: the way back. */
export function modulePath(name: string, family: string): string {
  if (name.startsWith('language_model.lm_head')) return name.replace('language_model.', '');
  if (family === 'llava') {
    return name.replace(/^language_model\.model\./, 'model.language_model.').replace(/^vision_tower\.vision_model\./, 'model.vision_tower.')
      .replace(/^multi_modal_projector\./, 'model.multi_modal_projector.');
  }
  if (family === 'idefics3' || family === 'smolvlm') {
    return name.replace(/^language_model\.model\./, 'model.text_model.').replace(/^vision_tower\./, 'model.')
      .replace(/^multi_modal_projector\.linear_1/, 'model.connector.modality_projection.proj');
  }
  return name.replace(/^language_model\./, '');
}
