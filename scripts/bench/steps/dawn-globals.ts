/** WebGPU for Node: Dawn's, put where a browser has its own. It has to be loaded before whatever looks for it. */
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
const gpu = create([]);
Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'Node', hardwareConcurrency: 1 }, configurable: true });
