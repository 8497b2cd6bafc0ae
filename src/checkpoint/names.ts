/**
 * One name for each tensor of a LLaVA-shaped checkpoint, whichever release wrote the file. Not the model: it knows
 * only how names were spelt.
 *
 * canonical                               also written as
 * vision_tower.vision_model.*             model.vision_tower.vision_model.*, [model.]vision_tower.{embeddings,encoder,…}
 * multi_modal_projector.linear_{1,2}.*    model.multi_modal_projector.*
 * language_model.model.*                  model.language_model.{layers,embed_tokens,norm}.*
 * language_model.lm_head.weight           lm_head.weight
 */

/** Buffers that older releases saved beside the weights and every reader recomputes. */
const recomputed = /\.(position_ids|rotary_emb\.inv_freq)$/;

/** The canonical name of a stored tensor, or undefined for a buffer that is not a weight. */
export function canonicalName(stored: string): string | undefined {
  if (recomputed.test(stored)) return undefined;
  const name = stored.replace(/^model\.(?=(vision_tower|multi_modal_projector|language_model)\.)/, '');
  if (name === 'lm_head.weight') return 'language_model.lm_head.weight';
  return name
    .replace(/^vision_tower\.(?!vision_model\.)/, 'vision_tower.vision_model.')
    .replace(/^language_model\.(?!(model|lm_head)\.)/, 'language_model.model.');
}
