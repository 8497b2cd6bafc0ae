/** The model that is loaded. */
import type { ModelInfo } from '../../../../workers/protocol';
import { bytes, parameters } from '../../format';

export function Facts({ info }: { info: ModelInfo }) {
  return (
    <dl class="ledger facts" aria-label="The loaded model">
      <div><dt>Loaded</dt><dd>{info.name}</dd></div>
      <div><dt>Family</dt><dd>{info.family}</dd></div>
      <div><dt>Parameters</dt><dd>{parameters(info.parameters)}</dd></div>
      <div><dt>On the device</dt><dd>{bytes(info.bytes)}</dd></div>
      <div><dt>Takes</dt><dd>{takes(info)}</dd></div>
      <div><dt>Backend</dt><dd><strong>{info.backend === 'webgpu' ? 'WebGPU' : 'WASM'}</strong> on {info.adapter}. {info.why}</dd></div>
    </dl>
  );
}

function takes({ sees, speaks }: ModelInfo): string {
  if (!speaks) return 'no questions: it has no decoder';
  return sees ? 'questions, with images or without' : 'questions, no images';
}
