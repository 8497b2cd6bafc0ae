/** The flags of `npm run bench:scaling`, read and checked. */
import { numberIn, oneOf, readFlags } from '../../flags';
import { backends, type Backend } from '../../../src/bench/work';
import { parts, recordCounts, tokenCounts, type Part } from './sizes';

export interface ScalingWishes {
  parts: readonly Part[];
  /** Of the tokens; pools compute on none. */
  backend: Backend;
  tokens: readonly number[];
  records: readonly number[];
  /** How often each is measured. */
  repeats: number;
  json?: string;
}

export const help = `npm run bench:scaling -- [--json FILE] [--only tokens|pools] [--backend wasm|webgpu]

  --json FILE     writes all figures there too
  --only PART     tokens: training and decoding at ${tokenCounts.join(', ')} tokens; pools: a run's pools at ${recordCounts.join(', ')} records
  --backend NAME  what models compute on (wasm)
  --repeats N     how often each is measured (5); a pool of a million records once
  --most N        leaves out larger sizes
  --records N,N   pools of these sizes instead`;

const flags = {
  json: { type: 'string' },
  only: { type: 'string' },
  backend: { type: 'string', default: 'wasm' },
  repeats: { type: 'string', default: '5' },
  most: { type: 'string', default: String(Math.max(...recordCounts)) },
  records: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Throws `settings/invalid` naming what is wrong and what is allowed. */
export function readWishes(args: string[]): ScalingWishes | 'help' {
  const values = readFlags(args, flags);
  if (values.help) return 'help';
  const wanted = values.only === undefined ? parts : [oneOf('only', values.only, parts)];
  const smallest = Math.min(...wanted.includes('tokens') ? tokenCounts : recordCounts);
  const most = numberIn('most', values.most, smallest, Math.max(...recordCounts), true);
  return {
    parts: wanted,
    backend: oneOf('backend', values.backend, backends),
    tokens: tokenCounts.filter((count) => count <= most),
    records: values.records === undefined ? recordCounts.filter((count) => count <= most) : values.records.split(',').map((count) => numberIn('records', count, Math.min(...recordCounts), Math.max(...recordCounts), true)),
    repeats: numberIn('repeats', values.repeats, 1, 100, true),
    json: values.json,
  };
}
