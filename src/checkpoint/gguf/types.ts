/** How ggml stores the numbers of a tensor: the names of its types, and the blocks of those that are read here. */

/** How many numbers one block holds, and in how many bytes. */
interface Block {
  numbers: number;
  bytes: number;
}

/** The types that are read. F32, F16 and BF16 are plain numbers; of the rest, `dequantise.ts` knows the blocks. */
export const blocks = {
  F32: { numbers: 1, bytes: 4 },
  F16: { numbers: 1, bytes: 2 },
  BF16: { numbers: 1, bytes: 2 },
  Q8_0: { numbers: 32, bytes: 34 },
  Q4_0: { numbers: 32, bytes: 18 },
  Q4_1: { numbers: 32, bytes: 20 },
  Q4_K: { numbers: 256, bytes: 144 },
  Q6_K: { numbers: 256, bytes: 210 },
} as const satisfies Record<string, Block>;

export type GgmlType = keyof typeof blocks;

/** `enum ggml_type` of ggml.h: what the number in a file means. */
const names = new Map<number, string>([
  [0, 'F32'], [1, 'F16'], [2, 'Q4_0'], [3, 'Q4_1'], [6, 'Q5_0'], [7, 'Q5_1'], [8, 'Q8_0'], [9, 'Q8_1'], [10, 'Q2_K'],
  [11, 'Q3_K'], [12, 'Q4_K'], [13, 'Q5_K'], [14, 'Q6_K'], [15, 'Q8_K'], [16, 'IQ2_XXS'], [17, 'IQ2_XS'], [18, 'IQ3_XXS'],
  [19, 'IQ1_S'], [20, 'IQ4_NL'], [21, 'IQ3_S'], [22, 'IQ2_S'], [23, 'IQ4_XS'], [24, 'I8'], [25, 'I16'], [26, 'I32'],
  [27, 'I64'], [28, 'F64'], [29, 'IQ1_M'], [30, 'BF16'], [34, 'TQ1_0'], [35, 'TQ2_0'], [39, 'MXFP4'],
]);

/** The type's name, also of one that is not read. */
export function typeName(id: number): string {
  return names.get(id) ?? `number ${id}`;
}

export function isGgmlType(name: string): name is GgmlType {
  return Object.hasOwn(blocks, name);
}
