/** The page of the measurement: starts a fresh thread for each, so that none meets what another left. `drive.ts` calls it. */
import { type Remote, wrap } from 'comlink';
import { connectLibrary } from '../../src/app/connect-library';
import '../../workers/transfer';
import type { ModelPlace } from '../../workers/protocol';
import type { BenchWorker } from './worker';

/** A place as it is named from outside of the page: of `files` those that were put into the page's input. */
export type NamedPlace = { kind: 'url'; url: string } | { kind: 'kept'; id: string } | { kind: 'files'; sums?: string };

let thread: { worker: Worker; remote: Remote<BenchWorker> } | undefined;

function placeOf(named: NamedPlace): ModelPlace {
  if (named.kind !== 'files') return named;
  const { files } = document.querySelector('input') as HTMLInputElement;
  const sums = named.sums === undefined ? [] : [new File([named.sums], 'checksums.json')];
  return { kind: 'files', name: 'picked', files: [...files ?? [], ...sums] };
}

function remote(): Remote<BenchWorker> {
  if (thread === undefined) throw new Error('No thread is open.');
  return thread.remote;
}

const bench = {
  open(backend: 'wasm' | 'webgpu') {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'measured' });
    thread = { worker, remote: wrap<BenchWorker>(worker) };
    return thread.remote.open(backend);
  },
  close() {
    thread?.worker.terminate();
    thread = undefined;
  },
  raw: (place: NamedPlace, files: { file: string; bytes: number }[]) => remote().raw(placeOf(place), files),
  load: (place: NamedPlace, scheme: Parameters<BenchWorker['load']>[1]) => remote().load(placeOf(place), scheme),
  touch: (bytes: number) => remote().touch(bytes),
  cost: (place: NamedPlace, scheme: Parameters<BenchWorker['cost']>[1]) => remote().cost(placeOf(place), scheme),
  heapBytes: () => remote().heapBytes(),
  async keep(place: NamedPlace): Promise<string> {
    return (await connectLibrary().keep(placeOf(place), () => undefined)).id;
  },
};

export type Bench = typeof bench;

declare global {
  interface Window {
    bench: Bench;
  }
}

window.bench = bench;
