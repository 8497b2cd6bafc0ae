/** A helper thread of `threads.ts`: told once where everything lies, it serves until its worker ends. */
import { type Kernel, instantiate } from './instance';
import { Job } from './job';

export interface Start {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Addresses. */
  job: number;
  scratch: number;
  /** Which of the helpers this one is. */
  helper: number;
}

self.onmessage = ({ data }: MessageEvent<Start>) => {
  const kernels = instantiate(data.module, data.memory, () => data.scratch);
  new Job(data.memory.buffer, data.job).serve(Object.values(kernels) as Kernel[], data.helper);
};
