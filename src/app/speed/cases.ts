/** What is measured, in which order: one work after the other, the faster backend first. */
import type { SpeedAdapter, SpeedCase } from '../../../workers/protocol';

/**
 * @param adapter null where there is no WebGPU
 * @param softwareToo whether WebGPU is also measured where the CPU has to stand in for a GPU, which takes minutes
 */
export function casesFor(adapter: SpeedAdapter | null, softwareToo: boolean): SpeedCase[] {
  return (['train', 'decode'] as const).flatMap((task) =>
    backendsFor(adapter, softwareToo).flatMap((backend) =>
      (['ours', 'stock'] as const).map((implementation): SpeedCase => ({ task, architecture: 'llama', backend, runtime: 'page', implementation }))));
}

function backendsFor(adapter: SpeedAdapter | null, softwareToo: boolean): SpeedCase['backend'][] {
  if (adapter === null) return ['wasm'];
  if (!adapter.software) return ['webgpu', 'wasm'];
  return softwareToo ? ['wasm', 'webgpu'] : ['wasm'];
}
