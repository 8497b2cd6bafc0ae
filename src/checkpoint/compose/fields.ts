/** What the parts of a composition are checked with: fields of a configuration, and the errors they give. */
import * as v from 'valibot';
import { ComdError } from '../../errors';
import { checked } from '../checked';
import type { Checkpoint, StoredTensor } from '../checkpoint';

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Throws `checkpoint/unsupported` naming the field, what was expected and what was found. */
export function read<const S extends v.GenericSchema>({ name }: Checkpoint, file: string, schema: S, json: unknown): v.InferOutput<S> {
  return checked(schema, json, (what) => new ComdError('checkpoint/unsupported', `"${name}", ${file}${what}`, 'Compose from another checkpoint, or correct the file.'));
}

/** Throws `checkpoint/missing-file` unless the tensor is there. */
export function held({ name, tensors }: Checkpoint, tensor: string, part: 'vision tower' | 'decoder'): StoredTensor {
  const found = tensors.get(tensor);
  if (found !== undefined) return found;
  throw new ComdError('checkpoint/missing-file', `"${name}" cannot be the ${part}: it has no tensor "${tensor}".`,
    `Choose a checkpoint that holds a whole ${part}.`);
}

/** A checkpoint that has no such part, or none that is known. */
export function unfit({ name }: Checkpoint, part: 'vision tower' | 'decoder', why: string, remedy: string): ComdError {
  return new ComdError('checkpoint/unsupported', `"${name}" cannot be the ${part}: ${why}`, remedy);
}

/** Configuration and weights that say different things. */
export function mismatch({ name }: Checkpoint, part: 'vision tower' | 'decoder', why: string): ComdError {
  return new ComdError('checkpoint/shape', `"${name}" cannot be the ${part}: ${why}`, 'Use the config.json and the weights of one and the same checkpoint.');
}

/** Packed weights of other libraries are integers with scales beside them, which no name of a weight tells apart. */
export function refuseQuantised(checkpoint: Checkpoint, part: 'vision tower' | 'decoder'): void {
  const { quantization_config: packed } = (checkpoint.config ?? {}) as { quantization_config?: { quant_method?: unknown } | null };
  if (packed == null) return;
  throw unfit(checkpoint, part, `config.json says that its weights are quantised (${String(packed.quant_method ?? 'quantization_config')}).`,
    'Compose from weights in F32, F16 or BF16; they can be packed when the result is loaded.');
}
