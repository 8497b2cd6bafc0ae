/**
 * `@huggingface/transformers`, which decodes by ONNX Runtime and trains nothing. Its model is written here instead of
 * being fetched, and handed to it where it would fetch.
 */
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web/webgpu';
import runtime from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import runtimeScript from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import type { Contender, Open } from '../../../src/bench/contender';
import { prompt, shape } from '../../../src/bench/work';
import { llamaConfig, llamaOnnx } from './onnx-llama';
import { productOnnx } from './onnx-product';

export const open: Open = (backend) => {
  const wasm = env.backends.onnx.wasm;
  wasm.wasmPaths = { wasm: new URL(runtime, location.href).href, mjs: new URL(runtimeScript, location.href).href };
  const files: Record<string, () => BodyInit> = {
    'config.json': () => JSON.stringify(llamaConfig), 'generation_config.json': () => '{}', 'onnx/model.onnx': llamaOnnx,
  };
  env.allowLocalModels = false;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.fetch = (address) => {
    const found = Object.keys(files).find((name) => String(address).endsWith(`/${name}`));
    return Promise.resolve(found === undefined ? new Response(null, { status: 404 }) : new Response(files[found]?.()));
  };
  const device = backend === 'webgpu' ? 'ONNX Runtime on WebGPU' : `ONNX Runtime on the CPU, ${wasm.numThreads ?? navigator.hardwareConcurrency} threads`;
  const trainer: Contender['trainer'] = () => Promise.reject(new Error('It does not train.'));
  return Promise.resolve({ device, trainer, decoder: () => decoder(backend), product: productOn(backend) });
};

/** Generation goes on by itself: a call waits until it has come to the next token. */
async function decoder(backend: 'webgpu' | 'wasm'): ReturnType<Contender['decoder']> {
  const model = await AutoModelForCausalLM.from_pretrained('comd/measured', { dtype: 'fp32', device: backend });
  let heard: (token: number) => void = () => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const next = (): Promise<number> => new Promise((resolve, reject) => { [heard, failed] = [resolve, reject]; });
  const size = [1, prompt.length];
  const tensor = (numbers: bigint[]): Tensor => new Tensor('int64', BigInt64Array.from(numbers), size);
  const first = next();
  model.generate({
    input_ids: tensor(prompt.map(BigInt)), attention_mask: tensor(prompt.map(() => 1n)), max_new_tokens: shape.tokens - prompt.length, do_sample: false,
    // It is also shown the prompt.
    streamer: { put: ([tokens]) => { if (tokens?.length === 1) heard(Number(tokens[0])); }, end: () => undefined },
  }).catch((error: unknown) => failed(error));
  await first;
  return next;
}

function productOn(backend: 'webgpu' | 'wasm'): Contender['product'] {
  return async (size, times) => {
    const session = await InferenceSession.create(productOnnx(size, times), { executionProviders: [backend] });
    const number = new RuntimeTensor('float32', Float32Array.of(1 / size), [1, 1]);
    return async () => { await session.run({ number }); };
  };
}
