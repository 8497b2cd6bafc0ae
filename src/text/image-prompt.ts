/**
 * The tokens that images take in a prompt: each placeholder that `chat.ts` wrote becomes as many as the model's vision
 * features have rows, with those around them that tell tiles apart. It knows no pixels.
 */
import { ComdError } from '../errors';

/** LLaVA repeats the token; Idefics3 and SmolVLM write out the grid of tiles. */
export type ImageStyle = 'repeat' | 'tiles';

export interface ImageTokens {
  image: string;
  /** Stands before every tile, and after the last. */
  fake: string;
  /** Announces the view of the whole image. */
  global: string;
}

/** By the names that the tokenizer has for them, else as Idefics3 spells them. */
export function imageTokensOf(specials: Readonly<Record<string, string>>): ImageTokens {
  return {
    image: specials.image_token ?? '<image>',
    fake: specials.fake_image_token ?? '<fake_token_around_image>',
    global: specials.global_image_token ?? '<global-img>',
  };
}

/**
 * `text` with the n-th placeholder replaced by the tokens of the n-th image.
 * @param images how many tiles each has, without the view of the whole; 0 × 0 where it is not cut
 * @param tokensPerTile rows of vision features that a tile becomes
 * Throws `data/malformed-record` unless there are as many placeholders as images.
 */
export function expandImages(
  text: string, images: readonly { rows: number; cols: number }[], style: ImageStyle, tokensPerTile: number, tokens: ImageTokens,
): string {
  const pieces = text.split(tokens.image);
  if (pieces.length - 1 !== images.length) throw misplaced(text, pieces.length - 1, images.length, tokens.image);
  const run = tokens.image.repeat(tokensPerTile);
  return pieces.reduce((before, after, i) => {
    const { rows, cols } = images[i - 1] as { rows: number; cols: number };
    return before + (style === 'repeat' ? run : grid(rows, cols, run, tokens)) + after;
  });
}

function grid(rows: number, cols: number, run: string, { fake, global }: ImageTokens): string {
  const whole = `${fake}${global}${run}${fake}`;
  if (rows * cols === 0) return whole;
  const lines = Array.from({ length: rows }, (_, row) => (
    `${Array.from({ length: cols }, (_, col) => `${fake}<row_${row + 1}_col_${col + 1}>${run}`).join('')}\n`
  ));
  return `${lines.join('')}\n${whole}`;
}

function misplaced(text: string, places: number, images: number, token: string): ComdError {
  return new ComdError('data/malformed-record', `The prompt ${JSON.stringify(text)} has ${places} places for ${images} image${images === 1 ? '' : 's'}.`,
    `Take ${token} out of the text; it is added where the chat template wants it.`);
}
