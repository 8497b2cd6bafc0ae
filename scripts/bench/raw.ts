/**
 * What loading is held against: the bytes of the same files read in large pieces, the next one under way meanwhile, and
 * put onto the device as they are. It looks at no byte.
 */
import * as tf from '@tensorflow/tfjs';
import { opfsDisk } from '../../src/checkpoint/library/opfs';
import { openKept, storedName } from '../../src/checkpoint/library/record';
import { addressOf, heap, uninitialised } from '../../src/ops/wasm-heap';
import { webGpuBackend } from '../../src/ops/webgpu-pass';
import type { ModelPlace } from '../../workers/protocol';

type Piece = Uint8Array<ArrayBuffer>;

/** What is read at once of a file on this machine. */
const pieceBytes = 8 * 2 ** 20;

/** Reads the named files of a place and uploads them; the number of bytes. */
export async function uploadRaw(place: ModelPlace, files: readonly { file: string; bytes: number }[]): Promise<number> {
  let total = 0;
  for (const { file, bytes } of files) {
    const take = tf.getBackend() === 'webgpu' ? intoBuffers() : intoHeap(bytes);
    for await (const piece of piecesOf(place, file)) {
      take(piece);
      total += piece.length;
    }
  }
  if (tf.getBackend() === 'webgpu') await webGpuBackend().queue.onSubmittedWorkDone();
  return total;
}

function intoHeap(bytes: number): (piece: Piece) => void {
  let to = addressOf(uninitialised([Math.ceil(bytes / 4)], 'float32'));
  return (piece) => {
    heap().set(piece, to);
    to += piece.length;
  };
}

function intoBuffers(): (piece: Piece) => void {
  const { device, queue } = webGpuBackend();
  return (piece) => {
    const buffer = device.createBuffer({ size: Math.ceil(piece.length / 4) * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    const whole = piece.length - piece.length % 4;
    queue.writeBuffer(buffer, 0, piece, 0, whole);
    if (whole < piece.length) queue.writeBuffer(buffer, whole, new Uint8Array([...piece.subarray(whole), 0, 0, 0]), 0, 4);
  };
}

async function* piecesOf(place: ModelPlace, file: string): AsyncGenerator<Piece, void> {
  if (place.kind === 'url') yield* piecesOfBody(await fetch(`${place.url}/${file}`, { headers: { Range: 'bytes=0-' } }));
  else if (place.kind === 'files') yield* piecesOfBlob(place.files.find(({ name }) => name === file) as File);
  else yield* piecesOfBlob(await keptFile(place.id, file));
}

async function keptFile(id: string, file: string): Promise<File> {
  const { folder, record } = await openKept(opfsDisk(), id);
  return await folder.file(storedName(record.generation, file)) as File;
}

async function* piecesOfBody({ body }: Response): AsyncGenerator<Piece, void> {
  const reader = (body as ReadableStream<Piece>).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

async function* piecesOfBlob(blob: Blob): AsyncGenerator<Piece, void> {
  const piece = (at: number): Promise<ArrayBuffer> | undefined => at < blob.size ? blob.slice(at, at + pieceBytes).arrayBuffer() : undefined;
  let next = piece(0);
  for (let at = pieceBytes; next !== undefined; at += pieceBytes) {
    const present = next;
    next = piece(at);
    yield new Uint8Array(await present);
  }
}
