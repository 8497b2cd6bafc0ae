/**
 * Reads the numbers of a checkpoint's files in slices, each file in one pass: while a slice is worked on the next is
 * filled, into one of two buffers that serve the whole reading. Knows no headers and no configuration (`open.ts`).
 */
import { ComdError } from '../errors';
import { ByteStream } from './byte-stream';
import type { Reading, Slice } from './checkpoint';
import { cancelled } from './refusals';
import { createHasher, type Hasher } from './sha256';
import { cutsOf, type PlacedTensor, type Stretch, stretchesOf } from './slices';
import type { Source } from './source';

/** A file that is known to be well-formed. */
export interface Shard {
  file: string;
  /** How long it must be. */
  fileBytes: number;
  /** In the order of their bytes. */
  tensors: readonly PlacedTensor[];
  /** Hashes that were written down for it, and by whom. */
  hashes: readonly { by: string; sha256: string }[];
}

/** Progress is told when so many bytes have come since the last time. */
const toldBytes = 2 ** 20;

/**
 * As `Checkpoint.read`. A file of which more than a few megabytes are jumped over cannot be hashed, and is not.
 * Throws `checkpoint/*`, and what `onSlice` throws.
 */
export async function readShards(source: Source, shards: readonly Shard[], reading: Reading): Promise<void> {
  const wanted = shards
    .map((shard) => ({ ...shard, tensors: shard.tensors.filter(({ name }) => reading.wanted?.(name) ?? true) }))
    .filter(({ tensors }) => tensors.length > 0);
  const longest = wanted.flatMap(({ tensors }) => tensors.flatMap(cutsOf)).reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const handover = new Handover(longest, reading);
  try {
    for (const shard of wanted) await readShard(source, shard, reading, handover);
    await handover.settled();
  } finally {
    // Whoever still works on a slice may rely on its buffer, also when the reading has failed meanwhile.
    await handover.settled().catch(() => undefined);
  }
}

async function readShard(source: Source, shard: Shard, reading: Reading, handover: Handover): Promise<void> {
  const { file, fileBytes, tensors } = shard;
  const known = await source.sha256(file);
  const hashes = known === undefined ? shard.hashes : [...shard.hashes, { by: source.place, sha256: known }];
  const whole = hashes.length === 0 ? [] : stretchesOf([{ begin: 0, end: 0 }, ...tensors, { begin: fileBytes, end: fileBytes }]);
  const hasher = whole.length === 1 ? await createHasher() : undefined;
  // Where the source does not tell how long the file is, it is read to its end to see that this is where it should be.
  const openEnded = await source.size(file) === undefined;
  let told = 0;
  reading.onShard(file, 0, fileBytes);
  const onPiece = (piece: Uint8Array, at: number): void => {
    hasher?.update(piece);
    if (at - told < toldBytes || at >= fileBytes) return;
    told = at;
    reading.onShard(file, at, fileBytes);
  };
  for (const { begin, end } of hasher === undefined ? stretchesOf(tensors) : whole) {
    const toEnd = openEnded && end === fileBytes;
    const stream = new ByteStream(file, source.bytes(file, begin, toEnd ? undefined : end, reading.signal), begin, onPiece);
    try {
      for (const tensor of tensors.filter(within({ begin, end }))) await handTensor(stream, tensor, shard, reading, handover);
      await stream.skipTo(end);
      if (toEnd && !await stream.ended()) throw tooLong(file, fileBytes);
    } finally {
      await stream.close();
    }
  }
  if (hasher !== undefined) compare(file, hasher, hashes);
  reading.onShard(file, fileBytes, fileBytes);
}

async function handTensor(stream: ByteStream, tensor: PlacedTensor, { file }: Shard, reading: Reading, handover: Handover): Promise<void> {
  await stream.skipTo(tensor.begin);
  for (const { first, bytes } of cutsOf(tensor)) {
    const target = handover.free(bytes);
    await stream.fill(target);
    if (reading.signal?.aborted === true) throw cancelled(file);
    await handover.give({ name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, first, bytes: target });
  }
}

const within = (stretch: Stretch) => ({ begin, end }: Stretch): boolean => begin >= stretch.begin && end <= stretch.end;

/** Two buffers: one is worked on while the other is filled. */
class Handover {
  readonly #bytes: number;
  readonly #onSlice: Reading['onSlice'];
  readonly #buffers: ArrayBuffer[] = [];
  #turn = 0;
  #work: Promise<void> = Promise.resolve();

  /** `bytes` is what the longest slice takes. */
  constructor(bytes: number, { onSlice }: Reading) {
    this.#bytes = bytes;
    this.#onSlice = onSlice;
  }

  /** Room for the next slice. */
  free(bytes: number): Uint8Array<ArrayBuffer> {
    this.#buffers[this.#turn] ??= new ArrayBuffer(this.#bytes);
    return new Uint8Array(this.#buffers[this.#turn] as ArrayBuffer, 0, bytes);
  }

  /** Returns once the slice before is done with, so that its room is free. Throws what the work on that one threw. */
  async give(slice: Slice): Promise<void> {
    await this.#work;
    this.#turn = 1 - this.#turn;
    this.#work = (async () => this.#onSlice(slice))();
    // Thrown by the next call, or by `settled`.
    this.#work.catch(() => undefined);
  }

  settled(): Promise<void> {
    return this.#work;
  }
}

function compare(file: string, hasher: Hasher, hashes: Shard['hashes']): void {
  const found = hasher.hex();
  const wrong = hashes.find(({ sha256 }) => sha256 !== found);
  if (wrong === undefined) return;
  throw new ComdError(
    'checkpoint/corrupt',
    `${file} is not what ${wrong.by} says: expected SHA-256 ${wrong.sha256}, found ${found}.`,
    'Fetch the file again. If you changed it on purpose, write its new size and hash down too.',
  );
}

function tooLong(file: string, fileBytes: number): ComdError {
  return new ComdError(
    'checkpoint/corrupt',
    `${file} must be ${fileBytes} bytes long by its header, but more follow.`,
    'Fetch the file again; the copy is mixed up with another.',
  );
}
