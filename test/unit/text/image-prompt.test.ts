import { describe, expect, it } from 'vitest';
import { expandImages, imageTokensOf } from '../../../src/text/image-prompt';

const tokens = { image: '<i>', fake: '<f>', global: '<g>' };
const single = { rows: 0, cols: 0 };

describe('the places of images in a prompt', () => {
  it('become the token as often as an image has features, where the family only repeats it', () => {
    expect(expandImages('USER: <i>\nwhat?', [single], 'repeat', 3, tokens)).toBe('USER: <i><i><i>\nwhat?');
    expect(expandImages('<i><i>', [single, single], 'repeat', 2, tokens)).toBe('<i><i><i><i>');
  });

  it('become one framed view where the family works in tiles and the image is not cut', () => {
    expect(expandImages('User:<i>what?', [single], 'tiles', 2, tokens)).toBe('User:<f><g><i><i><f>what?');
  });

  it('become a grid of tiles, row by row, and the view of the whole', () => {
    expect(expandImages('<i>', [{ rows: 2, cols: 3 }], 'tiles', 1, tokens)).toBe(
      '<f><row_1_col_1><i><f><row_1_col_2><i><f><row_1_col_3><i>\n<f><row_2_col_1><i><f><row_2_col_2><i><f><row_2_col_3><i>\n\n<f><g><i><f>',
    );
  });

  it('follow the layout of each image in its turn', () => {
    expect(expandImages('a<i>b<i>c', [{ rows: 1, cols: 2 }, single], 'tiles', 1, tokens))
      .toBe('a<f><row_1_col_1><i><f><row_1_col_2><i>\n\n<f><g><i><f>b<f><g><i><f>c');
  });

  it('leave a text without images as it is', () => {
    expect(expandImages('no image', [], 'tiles', 64, tokens)).toBe('no image');
  });

  it('must be as many as the images', () => {
    for (const [text, images] of [['none', [single]], ['<i><i>', [single]], ['<i>', []]] as const) {
      expect(() => expandImages(text, images, 'repeat', 1, tokens)).toThrow(expect.objectContaining({ code: 'data/malformed-record', message: expect.stringContaining(JSON.stringify(text)) }));
    }
  });

  it('are spelt as the tokenizer spells them, else as Idefics3 does', () => {
    expect(imageTokensOf({})).toEqual({ image: '<image>', fake: '<fake_token_around_image>', global: '<global-img>' });
    expect(imageTokensOf({ image_token: '<i>', fake_image_token: '<f>', global_image_token: '<g>' })).toEqual(tokens);
  });
});
