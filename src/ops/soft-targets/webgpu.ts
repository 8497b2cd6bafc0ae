/** Soft targets on the WebGPU backend: one dispatch a chunk on the way there, two on the way back. */
import { byCell, byRow, cellOf, rowGroups, spreadGroups } from '../by-row/by-row';
import { bits, dispatch, type Kernel, spread } from '../webgpu-pass';
import absorb from './absorb.wgsl?raw';
import differentiate from './differentiate.wgsl?raw';
import type { SoftTargetKernels } from './kernels';
import subtract from './subtract.wgsl?raw';

const subtraction: Kernel = { label: 'subtract_soft_targets', code: subtract, entryPoint: 'subtract_soft_targets' };

export const onWebGpu: SoftTargetKernels = {
  absorb({ logits, first }, { ids, probabilities, temperature }, state) {
    const [rows, width] = logits.shape as [number, number];
    const sizes = [rows, width, first, ids.shape[1] as number, bits(1 / temperature)];
    dispatch(byRow(absorb, 'absorb_soft_logits', width), [ids, probabilities, logits, state], sizes, spreadGroups(rowGroups(rows)));
  },

  differentiate({ logits, first }, { ids, probabilities, temperature }, { labels, logSums, softLogSums, weights }, dy) {
    const [rows, width] = logits.shape as [number, number];
    const k = ids.shape[1] as number;
    const inverse = bits(1 / temperature);
    dispatch(
      byCell(differentiate, 'differentiate_soft_logits', width), [labels, logSums, softLogSums, weights, dy, logits],
      [rows, width, first, inverse], spread(rows * width / cellOf(width)),
    );
    dispatch(subtraction, [ids, probabilities, weights, dy, logits], [rows, width, first, k, inverse], spread(rows * k));
  },
};
