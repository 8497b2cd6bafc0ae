/**
 * What is used of the peers. Their own types are there only when they are installed; declared here, the project is checked
 * without them.
 */
declare module '@jax-js/jax' {
  type Axis = number | number[];
  export namespace numpy {
    /** Passing one on gives it away, unless `ref` is passed. */
    class Array {
      readonly ref: Array;
      readonly shape: number[];
      add(other: Array | number): Array;
      sub(other: Array | number): Array;
      mul(other: Array | number): Array;
      div(other: Array | number): Array;
      neg(): Array;
      sum(axis?: Axis, options?: { keepdims?: boolean }): Array;
      mean(axis?: Axis, options?: { keepdims?: boolean }): Array;
      reshape(shape: number[]): Array;
      transpose(permutation?: number[]): Array;
      less(other: Array | number): Array;
      equal(other: Array | number): Array;
      slice(...index: (number | [] | [number] | [number, number] | null)[]): Array;
      data(): Promise<Float32Array | Int32Array>;
      dispose(): void;
    }
    function array(values: Float32Array | Int32Array | number[]): Array;
    function zeros(shape: number[]): Array;
    function arange(stop: number): Array;
    function matmul(a: Array, b: Array): Array;
    function sqrt(x: Array): Array;
    function exp(x: Array): Array;
    function square(x: Array): Array;
    function reciprocal(x: Array): Array;
    function concatenate(parts: Array[], axis?: number): Array;
    function split(x: Array, sections: number, axis?: number): Array[];
    function where(condition: Array, x: Array, y: Array): Array;
    function argmax(x: Array, axis?: number): Array;
  }
  export namespace nn {
    function relu(x: numpy.Array): numpy.Array;
    function silu(x: numpy.Array): numpy.Array;
    function oneHot(x: numpy.Array, classes: number): numpy.Array;
    function logSoftmax(x: numpy.Array, axis?: number): numpy.Array;
    function dotProductAttention(query: numpy.Array, key: numpy.Array, value: numpy.Array, options?: { mask?: numpy.Array; isCausal?: boolean }): numpy.Array;
  }
  type Tree = numpy.Array | { [name: string]: Tree } | Tree[];
  export function init(...devices: ('webgpu' | 'wasm')[]): Promise<string[]>;
  export function defaultDevice(device: 'webgpu' | 'wasm'): void;
  export function blockUntilReady(x: numpy.Array): Promise<numpy.Array>;
  export function getWebGPUDevice(): GPUDevice;
  export function jit<F extends (...args: never[]) => Tree>(f: F): F;
  export function valueAndGrad<F extends (first: never, ...rest: never[]) => numpy.Array>(f: F): (...args: Parameters<F>) => [numpy.Array, Parameters<F>[0]];
}

declare module '@genai-fi/nanogpt' {
  import type { Scalar, Tensor } from '@tensorflow/tfjs';

  interface Config {
    modelType: 'GenAI_NanoGPT_v2';
    vocabSize: number;
    blockSize: number;
    nLayer: number;
    nHead: number;
    nEmbed: number;
    mlpFactor: number;
  }
  interface TrainingOptions {
    method: { type: 'pretraining' };
    batchSize: number;
    learningRate: number;
    warmupSteps: number;
  }
  interface LogEntry {
    trainingMetrics: { loss: number };
    step: number;
    time: number;
    batchSize: number;
    tokensPerSecond: number;
    duration: number;
    totalTokens: number;
  }
  interface Trainer {
    /** Private by its types: one update, as the trainer's own loop does it. */
    trainStep(state: object, batch: { xs: Tensor; ys: Tensor }): Scalar;
  }
  interface ResponseOptions {
    input: string;
    maxLength: number;
    allowSpecial: boolean;
    nonConversational: boolean;
    background: boolean;
  }
  export class TeachableLLM {
    static selectBackend(backend: 'webgpu'): Promise<void>;
    static create(tokeniser: 'char', config: Config): TeachableLLM;
    on(event: 'loaded', listener: () => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    readonly training: {
      restore(options: TrainingOptions, log: LogEntry[], optimizer: undefined, datasets: { id: string; name: string }[]): { trainer: Trainer };
    };
    readonly responses: {
      create(options: ResponseOptions, onToken: (response: { output: { _output?: { token: number }[] }[] | null }) => void): Promise<{ id: string }>;
      /** Has generation wait after each token until it is resumed. */
      hook(id: string): boolean;
      resume(id: string): boolean;
    };
  }
}

declare module 'webgpu' {
  /** The classes of WebGPU, for the global scope. */
  export const globals: Record<string, unknown>;
  export function create(flags: string[]): GPU;
}

declare module '@huggingface/transformers' {
  export class Tensor {
    constructor(type: 'int64', data: BigInt64Array, dims: number[]);
  }
  interface Generation {
    input_ids: Tensor;
    attention_mask: Tensor;
    max_new_tokens: number;
    do_sample: boolean;
    streamer: { put(tokens: bigint[][]): void; end(): void };
  }
  export const env: {
    backends: { onnx: { wasm: { wasmPaths?: { wasm: string; mjs: string }; numThreads?: number } } };
    allowLocalModels: boolean;
    useBrowserCache: boolean;
    useWasmCache: boolean;
    fetch: (address: string | URL) => Promise<Response>;
  };
  export const AutoModelForCausalLM: {
    from_pretrained(name: string, options: { dtype: 'fp32'; device: 'webgpu' | 'wasm' }): Promise<{ generate(options: Generation): Promise<unknown> }>;
  };
}

declare module 'onnxruntime-web/webgpu' {
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: number[]);
  }
  export const InferenceSession: {
    create(model: Uint8Array, options: { executionProviders: string[] }): Promise<{ run(feeds: Record<string, Tensor>): Promise<unknown> }>;
  };
}
