/** A user's turn as token ids: the chat template around it, and the placeholders of every image that it shows. */
import { ComdError } from '../errors';
import { promptOf, templateOf } from '../text/chat';
import { expandImages } from '../text/image-prompt';
import type { SpeakingModel } from './model';
import type { VisionFeatures } from './vision-features';

export interface Prompt {
  text: string;
  ids: number[];
}

/**
 * The prompt of one user turn that shows images and then says `content`, up to where the answer begins.
 * Throws `data/malformed-record` where the content holds a placeholder of its own, `checkpoint/unsupported` where the model
 * cannot be shown an image.
 */
export function chatTurn(model: SpeakingModel, features: VisionFeatures, content: string, images: readonly string[]): Prompt {
  const { tokenizer, config, checkpoint } = model;
  if (config.connector !== null && content.includes(tokenizer.imageTokens.image)) throw placeholderIn(content);
  if (config.connector === null && images.length > 0) throw blind(model.name);
  const template = templateOf(checkpoint.tokenizerConfig);
  const { text, special } = promptOf({ template, specials: tokenizer.specials, sees: config.connector !== null, image: tokenizer.imageTokens.image }, content, images.length);
  return { text, ids: tokenizer.encode(expanded(model, features, text, images), special) };
}

/** Stage 1 shows the image and nothing else. */
export function imageAlone(model: SpeakingModel, features: VisionFeatures, images: readonly string[]): Prompt {
  const text = model.tokenizer.imageTokens.image.repeat(images.length);
  return { text, ids: model.tokenizer.encode(expanded(model, features, text, images)) };
}

function expanded({ config, tokenizer }: SpeakingModel, features: VisionFeatures, text: string, images: readonly string[]): string {
  if (config.connector === null) return text;
  const layouts = images.map((image) => features.layout(image));
  return expandImages(text, layouts, config.connector.style, config.connector.tokens, tokenizer.imageTokens);
}

function placeholderIn(content: string): ComdError {
  return new ComdError('data/malformed-record', `The prompt ${JSON.stringify(content)} holds a place for an image of its own.`,
    'Take the image placeholder out of the text; it is added where the chat template wants it.');
}

function blind(name: string): ComdError {
  return new ComdError('checkpoint/unsupported', `"${name}" cannot be shown images: it has no vision tower and connector.`,
    'Ask it without an image, or compose it with a vision tower first.');
}
