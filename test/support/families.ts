/** The fixtures by name: whole checkpoints with their prompts, and adapters. */

/** Folder of the checkpoint, and file of what is expected on one prompt. */
export const families: readonly (readonly [string, string])[] = [
  ['llava-siglip-qwen2', 'expected.json'],
  ['llava-siglip-mistral', 'expected.json'],
  ['llava-siglip-mistral', 'expected-two-images.json'],
  ['llava-clip-full', 'expected.json'],
  ['llava-clip-layers', 'expected.json'],
  ['idefics3', 'expected.json'],
  ['idefics3', 'expected-two-images.json'],
  ['idefics3', 'expected-text.json'],
  ['smolvlm', 'expected.json'],
  ['smolvlm', 'expected-two-images.json'],
  ['llama3', 'expected.json'],
  ['llama-linear', 'expected.json'],
  ['qwen2', 'expected.json'],
  ['mistral', 'expected.json'],
];

export const adapters: readonly string[] = ['peft-llava-tiny', 'peft-llava-tiny-connector', 'peft-llama3'];
