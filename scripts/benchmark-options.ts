/** The command line of `npm run benchmark`. It starts nothing. */
import { ComdError } from '../src/errors';
import { normalisations, type Normalisation } from '../src/evaluate/benchmarks/benchmark';
import { schema, schemes, type Scheme, type Settings } from '../src/settings';
import { numberIn, oneOf, readFlags, required } from './flags';

export const benchmarkNames = ['scienceqa', 'seed-bench', 'llava-bench'] as const;
export type BenchmarkName = (typeof benchmarkNames)[number];

export interface BenchmarkOptions {
  benchmark: BenchmarkName;
  /** Folder that the benchmark was unpacked into. */
  data: string;
  /** A folder, a .gguf file, or an address; empty where stored reviews are scored. */
  model: string;
  /** Likewise; null where none was named. */
  assessor: string | null;
  /** A file of reviews, relative to the data, that is scored instead of asking anybody. */
  reviews: string | null;
  split: string;
  /** How many items are asked at most; null for all. */
  limit: number | null;
  normalisation: Normalisation;
  maxNewTokens: number;
  seed: number;
  backend: Settings['backend'];
  weights: Scheme;
  /** Where the whole result goes. */
  json: string | null;
  help: boolean;
}

const flags = {
  data: { type: 'string' },
  model: { type: 'string' },
  assessor: { type: 'string' },
  reviews: { type: 'string' },
  split: { type: 'string', default: 'test' },
  limit: { type: 'string' },
  normalisation: { type: 'string', default: 'tokens' },
  'max-new': { type: 'string' },
  seed: { type: 'string', default: '1' },
  backend: { type: 'string', default: 'auto' },
  weights: { type: 'string', default: 'f32' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** A letter is short; a description is not. */
const longestAnswer: Readonly<Record<BenchmarkName, string>> = { scienceqa: '64', 'seed-bench': '64', 'llava-bench': '1024' };

/** Throws `settings/invalid` saying what is allowed instead. The benchmark's name comes first. */
export function parseBenchmark([name = '', ...args]: string[]): BenchmarkOptions {
  const help = name === '--help' || args.includes('--help');
  const benchmark = help ? 'scienceqa' : nameOf(name);
  const values = readFlags(help ? [] : args, flags);
  const needed = (flag: 'data' | 'model', what: string): string => (help ? '' : required(flag, values[flag], what));
  return checked({
    help, benchmark,
    data: needed('data', 'the folder that the benchmark was unpacked into'),
    model: values.reviews === undefined ? needed('model', 'a folder, a .gguf file or an address') : '',
    assessor: values.assessor ?? null,
    reviews: values.reviews ?? null,
    split: values.split,
    limit: values.limit === undefined ? null : numberIn('limit', values.limit, 1, 1_000_000, true),
    normalisation: oneOf('normalisation', values.normalisation, normalisations),
    maxNewTokens: numberIn('max-new', values['max-new'] ?? longestAnswer[benchmark], 1, 4096, true),
    seed: numberIn('seed', values.seed, 0, 2 ** 31 - 1, true),
    backend: oneOf('backend', values.backend, schema.backend.choices),
    weights: oneOf('weights', values.weights, schemes),
    json: values.json ?? null,
  });
}

function nameOf(name: string): BenchmarkName {
  const found = benchmarkNames.find((known) => known === name);
  if (found !== undefined) return found;
  throw new ComdError('settings/invalid', name === '' || name.startsWith('--') ? 'No benchmark is named.' : `There is no benchmark "${name}".`,
    `Begin with one of ${benchmarkNames.join(', ')}, then the flags.`);
}

/** Refuses what would be found wrong only after hours. */
function checked(options: BenchmarkOptions): BenchmarkOptions {
  const { help, benchmark, assessor, reviews } = options;
  const reviewed = benchmark === 'llava-bench';
  if (!help && reviewed && assessor === null && reviews === null) {
    throw new ComdError('settings/invalid', '--assessor is missing.', 'Give --assessor the model that reviews the answers, or --reviews a file of reviews.');
  }
  if (!reviewed && (assessor !== null || reviews !== null)) {
    throw new ComdError('settings/invalid', `--${assessor === null ? 'reviews' : 'assessor'} has no use for ${benchmark}.`, 'Leave it out: only llava-bench is scored by an assessor.');
  }
  return options;
}

export const benchmarkHelp = `npm run benchmark -- scienceqa|seed-bench|llava-bench --data DIR --model DIR_OR_URL

Asks a model the items of a benchmark in a real Chromium by the page's own code, and prints the scores by category.

  --data DIR            the folder that the benchmark was unpacked into (docs/benchmarks.md)
  --model DIR_OR_URL    a folder with config.json and weights, a .gguf file, an address, or org/name on the hub
  --assessor DIR_OR_URL the model that reviews the answers; llava-bench needs it, and the others have no use for it
  --reviews FILE        scores reviews that lie in this file of the data instead, and loads no model (llava-bench)
  --split NAME          of scienceqa: train, val, test, or another of pid_splits.json (test)
  --limit N             asks only the first N items that can be asked
  --normalisation KIND  of seed-bench: tokens compares mean losses a token, none their sums (tokens)
  --max-new N           longest answer in tokens (64; 1024 for llava-bench)
  --seed S              names the draws of the reviews; answers are greedy (1)
  --backend B           auto, webgpu or wasm (auto)
  --weights W           f32, f16, int8 or int4: how the weights are kept on the device (f32)
  --json FILE           writes the scores, what was refused and why, and every answer`;
