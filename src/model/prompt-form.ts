/** What of a checkpoint decides the form of its prompts, from its small files alone: the model need not be loaded. */
import type { ModelPlace } from '../../workers/protocol';
import { openPlace } from '../checkpoint/open-place';
import { type PromptForm, templateOf } from '../text/chat';
import { imageTokensOf } from '../text/image-prompt';
import { specialsOf } from '../text/tokenizer-json';
import { parseConfig } from './config/config';

/** Throws `checkpoint/*`, also for a configuration that could not be loaded either. */
export async function promptFormAt(place: ModelPlace): Promise<PromptForm> {
  const { config, tensors, tokenizerConfig } = await openPlace(place);
  const specials = specialsOf(tokenizerConfig);
  return { template: templateOf(tokenizerConfig), specials, sees: parseConfig(config, tensors).connector !== null, image: imageTokensOf(specials).image };
}
