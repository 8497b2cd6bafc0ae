/**
 * Writes models in the ONNX format: of its protocol buffers only what a plain graph needs. Field numbers are those of
 * `onnx.proto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */

export interface OnnxNode {
  op: string;
  /** An empty name leaves an optional input or output out. */
  inputs: string[];
  outputs: string[];
  /** Attributes, by the type that the operator wants. */
  integers?: Record<string, number>;
  floats?: Record<string, number>;
  domain?: string;
}

/** What the graph gets or gives. A side that may vary is named. */
export interface OnnxValue {
  name: string;
  type: 'float' | 'int64';
  shape: (number | string)[];
}

export interface OnnxTensor {
  name: string;
  shape: number[];
  data: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
}

export interface OnnxGraph {
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  tensors: OnnxTensor[];
  nodes: OnnxNode[];
}

type Bytes = Uint8Array<ArrayBuffer>;

const elementTypes = { float: 1, int64: 7 } as const;
const attributeTypes = { float: 1, integer: 2 } as const;

/** The file's bytes. Operators are of `ai.onnx` 17 and of Microsoft's own set. */
export function onnxModel({ inputs, outputs, tensors, nodes }: OnnxGraph): Bytes {
  const graph = joined([
    ...nodes.map((node, i) => message(1, nodeOf(node, i))), text(2, 'graph'), ...tensors.map((tensor) => message(5, tensorOf(tensor))),
    ...inputs.map((value) => message(11, valueOf(value))), ...outputs.map((value) => message(12, valueOf(value))),
  ]);
  const operators = (domain: string, version: number): Bytes => message(8, joined([text(1, domain), integer(2, version)]));
  return joined([integer(1, 8), text(2, 'comd-web'), message(7, graph), operators('', 17), operators('com.microsoft', 1)]);
}

function nodeOf({ op, inputs, outputs, integers = {}, floats = {}, domain = '' }: OnnxNode, number: number): Bytes {
  return joined([
    ...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(3, `${op}_${number}`), text(4, op),
    ...Object.entries(floats).map(([name, value]) => message(5, joined([text(1, name), float(2, value), integer(20, attributeTypes.float)]))),
    ...Object.entries(integers).map(([name, value]) => message(5, joined([text(1, name), integer(3, value), integer(20, attributeTypes.integer)]))),
    text(7, domain),
  ]);
}

function tensorOf({ name, shape, data }: OnnxTensor): Bytes {
  const type = data instanceof Float32Array ? elementTypes.float : elementTypes.int64;
  return joined([...shape.map((side) => integer(1, side)), integer(2, type), text(8, name), message(9, new Uint8Array(data.buffer))]);
}

function valueOf({ name, type, shape }: OnnxValue): Bytes {
  const sides = shape.map((side) => message(1, typeof side === 'number' ? integer(1, side) : text(2, side)));
  return joined([text(1, name), message(2, message(1, joined([integer(1, elementTypes[type]), message(2, joined(sides))])))]);
}

/** Fields of a message: how a value is laid out stands in the lowest three bits of its tag. */
function integer(field: number, value: number): Bytes {
  return joined([varint(field << 3), varint(value)]);
}

function float(field: number, value: number): Bytes {
  return joined([varint(field << 3 | 5), new Uint8Array(Float32Array.of(value).buffer)]);
}

function text(field: number, value: string): Bytes {
  return message(field, new TextEncoder().encode(value));
}

function message(field: number, bytes: Bytes): Bytes {
  return joined([varint(field << 3 | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
  return Uint8Array.from([...bytes, value]);
}

function joined(parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
