/** The command line of `npm run ask`. It starts nothing. */
import { schema, schemes, type Scheme, type Settings } from '../src/settings';
import { numberIn, oneOf, readFlags, required } from './flags';

export interface AskOptions {
  /** A folder, a .gguf file, or an address. */
  model: string;
  /** A LoRA adapter in PEFT's format; likewise. */
  adapter: string | null;
  images: string[];
  prompt: string;
  maxNewTokens: number;
  temperature: number;
  /** Draws among so many of the likeliest; 0 for all. */
  topK: number;
  /** Draws among the likeliest that make up this share together. */
  topP: number;
  seed: number;
  backend: Settings['backend'];
  weights: Scheme;
  /** Where the scores after the prompt go, instead of an answer. */
  logits: string | null;
  help: boolean;
}

const flags = {
  model: { type: 'string' },
  adapter: { type: 'string' },
  image: { type: 'string', multiple: true },
  prompt: { type: 'string' },
  'max-new': { type: 'string', default: '128' },
  temperature: { type: 'string', default: '0' },
  'top-k': { type: 'string', default: '0' },
  'top-p': { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  backend: { type: 'string', default: 'auto' },
  weights: { type: 'string', default: 'f32' },
  logits: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Throws `settings/invalid` saying what is allowed instead. */
export function parseAsk(args: string[]): AskOptions {
  const values = readFlags(args, flags);
  return {
    help: values.help,
    model: values.help ? '' : required('model', values.model, 'a folder, a .gguf file or an address'),
    prompt: values.help ? '' : required('prompt', values.prompt, 'a question'),
    adapter: values.adapter ?? null,
    images: values.image ?? [],
    maxNewTokens: numberIn('max-new', values['max-new'], 1, 4096, true),
    temperature: numberIn('temperature', values.temperature, 0, 4, false),
    topK: numberIn('top-k', values['top-k'], 0, 1_000_000, true),
    topP: numberIn('top-p', values['top-p'], 0, 1, false),
    seed: numberIn('seed', values.seed, 0, 2 ** 31 - 1, true),
    backend: oneOf('backend', values.backend, schema.backend.choices),
    weights: oneOf('weights', values.weights, schemes),
    logits: values.logits ?? null,
  };
}

export const askHelp = `npm run ask -- --model DIR_OR_URL --prompt TEXT [--image FILE]

Loads a model in a real Chromium by the page's own code and answers.

  --model DIR_OR_URL    a folder with config.json and weights, a .gguf file, an address, or org/name on the hub
  --adapter DIR_OR_URL  a LoRA adapter in PEFT's format that is laid over the model
  --image FILE          a picture that is shown before the text; may be repeated or left out
  --prompt TEXT         the question
  --max-new N           longest answer in tokens (128)
  --temperature T       0 takes the likeliest token; higher draws more freely (0)
  --top-k K             draws among the K likeliest tokens; 0 for all (0)
  --top-p P             draws among the likeliest that make up the share P together (1)
  --seed S              names the draws (1)
  --backend B           auto, webgpu or wasm (auto)
  --weights W           f32, f16, int8 or int4: how the weights are kept on the device (f32)
  --logits FILE         writes {"input_ids", "last_logits"} of the prompt instead of answering`;
