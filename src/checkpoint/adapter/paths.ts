/** Which linear layer of a model a path in an adapter means. */
import { ComdError } from '../../errors';
import { canonicalName } from '../names';

/** The last names of linear layers in any of the families. */
const linear = /\.(q_proj|k_proj|v_proj|o_proj|out_proj|gate_proj|up_proj|down_proj|fc1|fc2|linear_1|linear_2|lm_head)$/;

/** The canonical name of the linear layer at a path of any release. Throws `checkpoint/unsupported`. */
export function canonicalLayer(path: string, family: string): string {
  const name = canonicalName(`${path}.weight`, family)?.replace(/\.weight$/, '');
  if (name !== undefined && /^(language_model|multi_modal_projector|vision_tower)\./.test(name) && linear.test(name)) return name;
  throw new ComdError('checkpoint/unsupported', `The adapter corrects "${path}", which is no linear layer of a ${family} model.`,
    'Use an adapter that was trained on a model of this family.');
}
