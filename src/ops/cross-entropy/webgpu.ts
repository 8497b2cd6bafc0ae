/** The loss of language modelling on the WebGPU backend: one dispatch a chunk each way, and one in between. */
import { byCell, byRow, cellOf, rowGroups, spreadGroups } from '../by-row/by-row';
import { dispatch, spread, uninitialised } from '../webgpu-pass';
import absorb from './absorb.wgsl?raw';
import differentiate from './differentiate.wgsl?raw';
import finish from './finish.wgsl?raw';
import type { CrossEntropyKernels } from './kernels';

export const onWebGpu: CrossEntropyKernels = {
  absorb({ logits, first }, state, labels) {
    const [rows, width] = logits.shape as [number, number];
    dispatch(byRow(absorb, 'absorb_logits', width), [labels, logits, state], [rows, width, first], spreadGroups(rowGroups(rows)));
  },

  finish(state) {
    const rows = state.shape[0] as number;
    const loss = uninitialised([], 'float32');
    const logSums = uninitialised([rows], 'float32');
    // One workgroup on either kind of adapter: a single wait is worth having many threads take the rows in turn.
    dispatch(byRow(finish, 'finish_loss', 1, {}, 'hardware'), [state, logSums, loss], [rows], [1, 1]);
    return { loss, logSums };
  },

  differentiate({ logits, first }, logSums, labels, dy) {
    const [rows, width] = logits.shape as [number, number];
    dispatch(
      byCell(differentiate, 'differentiate_logits', width), [labels, logSums, dy, logits], [rows, width, first], spread(rows * width / cellOf(width)),
    );
  },
};
