/** The weights that a model begins with, the same for every implementation that takes them: small normal numbers, gains of one. */
import { stream } from '../random';
import { shape, type Architecture } from './work';

export interface InitialWeight {
  /** `embedding`, `norm`, or `layers.<i>.<part>`. */
  name: string;
  /** Matrices are `[in, out]`, the embedding `[vocabulary, width]`. */
  shape: number[];
  data: Float32Array<ArrayBuffer>;
}

const deviation = 0.02;

/** Parts of a layer. `nano` has queries, keys and values in one matrix and no gains. */
function layerParts(architecture: Architecture): [part: string, shape: number[]][] {
  const { width } = shape;
  const hidden = shape.hidden[architecture];
  const square = [width, width];
  if (architecture === 'nano') return [['qkv', [width, 3 * width]], ['o', square], ['up', [width, hidden]], ['down', [hidden, width]]];
  return [
    ['norm1', [width]], ['q', square], ['k', square], ['v', square], ['o', square],
    ['norm2', [width]], ['gate', [width, hidden]], ['up', [width, hidden]], ['down', [hidden, width]],
  ];
}

export function initialWeights(architecture: Architecture): InitialWeight[] {
  const layers = Array.from({ length: shape.layers }, (_, layer) =>
    layerParts(architecture).map(([part, size]): [string, number[]] => [`layers.${layer}.${part}`, size]));
  const parts: [string, number[]][] = [['embedding', [shape.vocabulary, shape.width]], ...layers.flat()];
  if (architecture === 'llama') parts.push(['norm', [shape.width]]);
  return parts.map(([name, size]) => ({ name, shape: size, data: numbersOf(name, size) }));
}

function numbersOf(name: string, size: readonly number[]): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(size.reduce((product, side) => product * side, 1));
  if (size.length === 1) return numbers.fill(1);
  const draw = stream('bench weights', name);
  // Box and Muller.
  return numbers.map(() => deviation * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()));
}

/** Cosine and sine by which each position turns each number of a head, halves alike; each `[positions · headWidth]`. */
export function rotation(positions: number): { cos: Float32Array<ArrayBuffer>; sin: Float32Array<ArrayBuffer> } {
  const { headWidth, theta } = shape;
  const angle = (i: number): number => Math.floor(i / headWidth) * theta ** (-2 * (i % (headWidth / 2)) / headWidth);
  const angles = Array.from({ length: positions * headWidth }, (_, i) => angle(i));
  return { cos: Float32Array.from(angles, Math.cos), sin: Float32Array.from(angles, Math.sin) };
}
