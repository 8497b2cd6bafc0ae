/** Normalisation on the WebGPU backend: the kernels of `rms.wgsl` and `layer.wgsl`, one dispatch each way. */
import { byRow, columnGroups, rowGroups, spreadGroups } from '../by-row/by-row';
import { zeros } from '../by-row/zeros';
import { bits, dispatch, uninitialised } from '../webgpu-pass';
import type { NormKernels } from './kernels';
import layer from './layer.wgsl?raw';
import rms from './rms.wgsl?raw';

export const onWebGpu: NormKernels = {
  rmsNorm(x, weight, epsilon) {
    const [rows, hidden] = x.shape as [number, number];
    if (rows === 0) return { normed: zeros([0, hidden]), scales: zeros([0]) };
    const normed = uninitialised(x.shape, 'float32');
    const scales = uninitialised([rows], 'float32');
    const groups = rowGroups(rows);
    dispatch(byRow(rms, 'rms_norm', hidden), [x, weight, normed, scales], [rows, hidden, bits(epsilon), groups], spreadGroups(groups));
    return { normed, scales };
  },

  rmsNormBack(dy, x, weight, scales, beside) {
    const [rows, hidden] = x.shape as [number, number];
    if (rows === 0) return { dx: zeros([0, hidden]), dWeight: zeros([hidden]) };
    const dx = uninitialised(x.shape, 'float32');
    const dWeight = uninitialised([hidden], 'float32');
    const groups = rowGroups(rows);
    // Something must be bound where nothing is added.
    dispatch(
      byRow(rms, 'rms_norm_back', hidden, { BESIDE: beside ? 1 : 0 }), [x, weight, scales, dy, beside ?? dy, dx, dWeight],
      [rows, hidden, 0, groups], spreadGroups(groups + columnGroups(hidden)),
    );
    return { dx, dWeight };
  },

  layerNorm(x, weight, bias, epsilon) {
    const [rows, hidden] = x.shape as [number, number];
    if (rows === 0) return { normed: zeros([0, hidden]), moments: zeros([0, 2]) };
    const normed = uninitialised(x.shape, 'float32');
    const moments = uninitialised([rows, 2], 'float32');
    const groups = rowGroups(rows);
    dispatch(
      byRow(layer, 'layer_norm', hidden), [x, weight, bias, normed, moments], [rows, hidden, bits(epsilon), groups], spreadGroups(groups),
    );
    return { normed, moments };
  },

  layerNormBack(dy, x, weight, moments) {
    const [rows, hidden] = x.shape as [number, number];
    if (rows === 0) return { dx: zeros([0, hidden]), dWeight: zeros([hidden]), dBias: zeros([hidden]) };
    const dx = uninitialised(x.shape, 'float32');
    const dWeight = uninitialised([hidden], 'float32');
    const dBias = uninitialised([hidden], 'float32');
    const groups = rowGroups(rows);
    dispatch(
      byRow(layer, 'layer_norm_back', hidden), [x, weight, moments, dy, dx, dWeight, dBias],
      [rows, hidden, 0, groups], spreadGroups(groups + columnGroups(hidden)),
    );
    return { dx, dWeight, dBias };
  },
};
