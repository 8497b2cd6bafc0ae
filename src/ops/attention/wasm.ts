/** Attention on the WASM backend. */
import { kernels } from '../wasm/kernels';
import { inParallel } from '../wasm/threads';
import { addressOf, allocate, release, uninitialised } from '../wasm-heap';
import type { AttentionKernels, AttentionShape, Mask } from './kernels';

/** Of `kernel.as.ts`, besides what {@link inParts} runs: bytes of scratch memory for one part. */
interface Sizes {
  attendScratch(tokens: number, headDim: number): number;
  attendBackScratch(tokens: number, headDim: number): number;
}

/** Multiply-adds that are worth a part of their own: some 50 microseconds. */
const ENOUGH = 500_000;

export const onWasm: AttentionKernels = {
  attend(qkv, shape, mask) {
    const { batch, tokens, heads, headDim } = shape;
    const mixed = uninitialised([batch * tokens, heads * headDim], 'float32');
    const logSums = uninitialised([batch * tokens, heads], 'float32');
    const fixed = [addressOf(qkv), addressOf(mixed), addressOf(logSums), lengthsOf(mask), ...settingOf(shape, mask)];
    inParts('attend', batch * heads, 2 * tokens ** 2 * headDim, kernels<Sizes>().attendScratch(tokens, headDim), fixed);
    return { mixed, logSums };
  },

  attendBack(dMixed, qkv, mixed, logSums, shape, mask) {
    const { batch, tokens, heads, kvHeads, headDim } = shape;
    const dqkv = uninitialised(qkv.shape, 'float32');
    const fixed = [
      addressOf(dMixed), addressOf(qkv), addressOf(mixed), addressOf(logSums), lengthsOf(mask), addressOf(dqkv), ...settingOf(shape, mask),
    ];
    const each = 5 * tokens ** 2 * headDim * (heads / kvHeads);
    inParts('attendBack', batch * kvHeads, each, kernels<Sizes>().attendBackScratch(tokens, headDim), fixed);
    return dqkv;
  },
};

/** Sizes, and how many tokens a query sees: back, itself included, and ahead. */
function settingOf({ tokens, heads, kvHeads, headDim }: AttentionShape, { causal, window }: Mask): number[] {
  const [back, ahead] = causal ? [Math.min(window, tokens), 0] : [tokens, tokens];
  return [tokens, heads, kvHeads, headDim, back, ahead];
}

/** The address of the lengths; 0 for none. */
function lengthsOf({ lengths }: Mask): number {
  return lengths ? addressOf(lengths) : 0;
}

/**
 * Shares out heads among threads. Each part has scratch memory of its own, which grows with the tokens.
 * @param kernel takes a range of heads, then `fixed`, then the address of scratch memory
 * @param each multiply-adds of a head
 */
function inParts(kernel: string, count: number, each: number, scratchBytes: number, fixed: readonly number[]): void {
  const taken: number[] = [];
  try {
    inParallel(kernel, count, Math.ceil(ENOUGH / each), (from, to) => {
      const scratch = allocate(scratchBytes);
      taken.push(scratch);
      return [from, to, ...fixed, scratch];
    });
  } finally {
    taken.forEach(release);
  }
}
