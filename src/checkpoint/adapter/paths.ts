/**
 * Where a layer sits in a model of `transformers`: canonical names (`names.ts`) to and from the module paths that
 * PEFT names adapters by.
 *
 * canonical                        llava                          idefics3, smolvlm                            decoder alone
 * language_model.model.*           model.language_model.*         model.text_model.*                           model.*
 * language_model.lm_head           lm_head                        lm_head                                      lm_head
 * multi_modal_projector.linear_1   model.multi_modal_projector.*  model.connector.modality_projection.proj     —
 * vision_tower.vision_model.*      model.vision_tower.*           model.vision_model.*                         —
 */
import { ComdError } from '../../errors';
import { canonicalName } from '../names';

/** The last names of linear layers in any of the families. */
const linear = /\.(q_proj|k_proj|v_proj|o_proj|out_proj|gate_proj|up_proj|down_proj|fc1|fc2|linear_1|linear_2|lm_head)$/;

/** The canonical name of the linear layer at a module path of any release. Throws `checkpoint/unsupported`. */
export function canonicalLayer(path: string, family: string): string {
  const name = canonicalName(`${path}.weight`, family)?.replace(/\.weight$/, '');
  if (name !== undefined && /^(language_model|multi_modal_projector|vision_tower)\./.test(name) && linear.test(name)) return name;
  throw new ComdError('checkpoint/unsupported', `The adapter corrects "${path}", which is no linear layer of a ${family} model.`,
    'Use an adapter that was trained on a model of this family.');
}

/** The module path, in today's release, of a layer or tensor with a canonical name. */
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
