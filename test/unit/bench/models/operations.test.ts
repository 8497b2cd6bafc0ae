import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodingOperations, trainingOperations } from '../../../../src/bench/models/operations';
import { smolLm2, type DecoderShape } from '../../../../src/bench/models/work';

const sizes = fc.record({
  hidden: fc.integer({ min: 1, max: 64 }), intermediate: fc.integer({ min: 1, max: 64 }), layers: fc.integer({ min: 1, max: 4 }), kvHeads: fc.integer({ min: 1, max: 3 }),
  heads: fc.integer({ min: 1, max: 6 }), headDim: fc.integer({ min: 1, max: 16 }), vocabulary: fc.integer({ min: 1, max: 256 }),
});

/** Numbers in the matrices of all layers. */
function matrices({ hidden, intermediate, layers, heads, kvHeads, headDim }: DecoderShape): number {
  return layers * hidden * (2 * heads * headDim + 2 * kvHeads * headDim + 3 * intermediate);
}

describe('the operations of a training step', () => {
  test('are six for each weight and token, and attention\'s, where every row is learned', () => {
    fc.assert(fc.property(sizes, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), (shape, tokens, sequences) => {
      const rows = sequences * tokens;
      const pairs = sequences * tokens * (tokens + 1) / 2;
      const weights = matrices(shape) + shape.hidden * shape.vocabulary;
      const attention = 12 * shape.layers * shape.heads * shape.headDim * pairs;
      expect(trainingOperations(shape, { sequences, tokens, labels: rows, trained: 'decoder' })).toBe(6 * weights * rows + attention);
    }));
  });

  test('are those of SmolLM2-135M, 440 billion at 512 tokens', () => {
    const operations = trainingOperations(smolLm2, { sequences: 1, tokens: 512, labels: 512, trained: 'decoder' });
    // 134,479,872 numbers in its matrices; 131,328 pairs of a query and a key that it sees.
    expect(operations).toBe(6 * 134_479_872 * 512 + 12 * 30 * 576 * 131_328);
    expect(Math.round(operations / 1e9)).toBe(440);
  });

  test('of an adapter leave out the gradients of what is frozen and of what lies below all that is trained', () => {
    const shape = { hidden: 8, intermediate: 16, layers: 2, heads: 2, kvHeads: 1, headDim: 4, vocabulary: 10 };
    const [rows, rank] = [3, 2];
    const size = { sequences: 1, tokens: rows, labels: rows, trained: { rank, targets: ['q_proj', 'v_proj'] } };
    const queriesKeysValues = 8 * (8 + 4 + 4);
    const frozen = 4 * rows * (matrices(shape) + 8 * 10) - 2 * rows * queriesKeysValues;
    const attention = 12 * 2 * 2 * 4 * (3 * 4 / 2);
    // Down and up, both backward and both of the weights; the lowest layer's gradient goes no further down.
    const branches = 2 * 6 * rows * rank * ((8 + 8) + (8 + 4)) - 2 * rows * rank * (8 + 8);
    expect(trainingOperations(shape, size)).toBe(frozen + attention + branches);
  });

  test('are fewer in the last layer and the head where few rows are learned', () => {
    fc.assert(fc.property(sizes, fc.integer({ min: 2, max: 40 }), (shape, tokens) => {
      const of = (labels: number): number => trainingOperations(shape, { sequences: 1, tokens, labels, trained: 'decoder' });
      const { hidden, intermediate, heads, headDim, vocabulary } = shape;
      expect(of(tokens) - of(tokens - 1)).toBe(6 * (heads * headDim * hidden + 3 * hidden * intermediate + hidden * vocabulary));
    }));
  });

  test('include a connector\'s, whose features are given', () => {
    const size = { sequences: 2, tokens: 5, labels: 4, trained: 'decoder' as const };
    const shape = { ...smolLm2, layers: 1 };
    const both = trainingOperations(shape, { ...size, connector: { rows: 6, inputs: 10 } });
    expect(both - trainingOperations(shape, size)).toBe(4 * 6 * 10 * 576 + 6 * 6 * 576 * 576);
  });
});

describe('the operations of a decoded token', () => {
  test('are two for each weight and four for each number that attention sees', () => {
    fc.assert(fc.property(sizes, fc.integer({ min: 1, max: 500 }), (shape, seen) => {
      const { hidden, vocabulary, layers, heads, headDim } = shape;
      expect(decodingOperations(shape, seen)).toBe(2 * (matrices(shape) + hidden * vocabulary) + 4 * layers * heads * headDim * seen);
    }));
  });
});
