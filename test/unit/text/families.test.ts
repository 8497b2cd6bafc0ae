/** Prompts of every family as transformers' processors tokenise them, image placeholders expanded. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/data/preprocess';
import { chatTarget, promptOf, templateOf } from '../../../src/text/chat';
import { expandImages } from '../../../src/text/image-prompt';
import { loadTokenizer } from '../../../src/text/tokenizer';
import { fixture, fixtureJson } from '../../support/folder';
import type { StoredImage } from '../../support/images';

interface Expected {
  images: StoredImage[];
  instruction: string;
  answer: string;
  promptText: string;
  inputIds: number[];
  targetIds: number[];
  pixelValues?: { shape: number[] };
  /** Rows of vision features of all tiles together. */
  imageTokens?: { shape: number[] };
}

const families = ['idefics3', 'smolvlm', 'llava-clip-full', 'llava-clip-layers', 'llava-siglip-mistral', 'llava-siglip-qwen2', 'llama-linear', 'llama3', 'mistral', 'qwen2'];
const cases = families.flatMap((folder) => (
  readdirSync(new URL(`../../fixtures/${folder}/`, import.meta.url)).filter((file) => /^expected(-.+)?\.json$/.test(file)).map((file) => [folder, file] as const)
));

/** The JSON of a file of a checkpoint, where it has it. */
function read(folder: string, file: string): Record<string, unknown> | undefined {
  return fixture(folder).has(file) ? fixtureJson(`${folder}/${file}`) : undefined;
}

function templateIn(folder: string): string | undefined {
  const bytes = fixture(folder).get('chat_template.jinja');
  return bytes === undefined ? templateOf(read(folder, 'chat_template.json') ?? read(folder, 'tokenizer_config.json')) : new TextDecoder().decode(bytes);
}

describe.each(cases)('%s, %s', (folder, file) => {
  const expected = fixtureJson<Expected>(`${folder}/${file}`);
  const config = read(folder, 'config.json');
  const tokenizer = loadTokenizer(read(folder, 'tokenizer.json'), read(folder, 'tokenizer_config.json'), config, read(folder, 'generation_config.json'));
  const form = { template: templateIn(folder), specials: tokenizer.specials, sees: config?.vision_config !== undefined, image: tokenizer.imageTokens.image };
  const prompt = promptOf(form, expected.instruction, expected.images.length);

  it('is rendered as transformers renders it', () => {
    expect(prompt.text).toBe(expected.promptText);
  });

  it('becomes the ids that transformers makes of it', () => {
    const preprocessor = read(folder, 'preprocessor_config.json') ?? read(folder, 'processor_config.json')?.image_processor;
    const layouts = expected.images.map((image) => layoutOf(image, preprocessor));
    const tiles = layouts.reduce((sum, { rows, cols }) => sum + rows * cols + 1, 0);
    const style = config?.model_type === 'llava' ? 'repeat' : 'tiles';
    const text = expandImages(prompt.text, layouts, style, (expected.imageTokens?.shape[0] ?? 0) / tiles, tokenizer.imageTokens);
    expect(tokenizer.encode(text, prompt.special)).toEqual(expected.inputIds);
  });

  it('goes on with the ids of the answer', () => {
    expect([...tokenizer.encode(chatTarget(prompt.text, expected.answer)), tokenizer.eos]).toEqual(expected.targetIds);
    expect(tokenizer.ends).toContain(tokenizer.eos);
  });
});
