import { describe, expect, test } from 'vitest';
import { initialWeights, rotation } from '../../../src/bench/initial';
import { architectures, batchNumber, operations, parameters, shape } from '../../../src/bench/work';

describe('what is measured', () => {
  test('is as large as the models that the figures of the peers are of', () => {
    expect(parameters('llama')).toBe(824_448);
    expect(parameters('nano')).toBe(819_200);
    expect(operations('train', 'llama') / 1e9).toBeCloseTo(2.53, 2);
  });

  test.each(architectures)('begins with as many %s weights as are counted', (architecture) => {
    const weights = initialWeights(architecture);
    expect(weights).toHaveLength({ llama: 38, nano: 17 }[architecture]);
    expect(weights.reduce((sum, { data }) => sum + data.length, 0)).toBe(parameters(architecture));
  });

  test('is fed sequences in which every target is the next input', () => {
    const { inputs, targets } = batchNumber(3);
    for (let i = 0; i + 1 < inputs.length; i++) if ((i + 1) % shape.tokens !== 0) expect(targets[i]).toBe(inputs[i + 1]);
    expect(Math.max(...inputs, ...targets)).toBeLessThan(shape.vocabulary);
    expect(batchNumber(4).inputs).not.toEqual(inputs);
  });

  test('turns the first position by nothing, and the two halves of a head alike', () => {
    const { cos, sin } = rotation(2);
    expect([...cos.subarray(0, shape.headWidth)]).toEqual(new Array(shape.headWidth).fill(1));
    expect(sin[shape.headWidth]).toBe(sin[shape.headWidth * 3 / 2]);
    expect(sin[shape.headWidth]).toBeCloseTo(Math.sin(1), 6);
  });
});
