/** A graph that multiplies square matrices so many times over and gives a single number of the last. */
import { onnxModel, type OnnxNode } from './onnx';

/** Its only input, `number`, fills the matrices, so that nothing can be computed before it is known. */
export function productOnnx(size: number, times: number): Uint8Array<ArrayBuffer> {
  const numbers = { sides: [size, size], from: [0, 0], to: [1, 1] };
  const before = (i: number): string => i === 0 ? 'filled' : `product.${i - 1}`;
  const chain = Array.from({ length: times }, (_, i): OnnxNode => ({ op: 'MatMul', inputs: ['filled', before(i)], outputs: [`product.${i}`] }));
  return onnxModel({
    inputs: [{ name: 'number', type: 'float', shape: [1, 1] }],
    outputs: [{ name: 'corner', type: 'float', shape: [1, 1] }],
    tensors: Object.entries(numbers).map(([name, pair]) => ({ name, shape: [2], data: BigInt64Array.from(pair, BigInt) })),
    nodes: [
      { op: 'Expand', inputs: ['number', 'sides'], outputs: ['filled'] }, ...chain,
      { op: 'Slice', inputs: [`product.${times - 1}`, 'from', 'to'], outputs: ['corner'] },
    ],
  });
}
