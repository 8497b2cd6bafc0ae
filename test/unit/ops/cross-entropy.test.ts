import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import { crossEntropy } from '../../../src/ops/cross-entropy/composed';
import { onWasm } from '../../../src/ops/cross-entropy/wasm';
import { uninitialised } from '../../../src/ops/wasm-heap';
import { asTensor } from '../../../src/ops/tensor';
import { cut } from '../../support/in-parts';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);

vi.mock('../../../src/ops/wasm/threads', async (original) => (await import('../../support/in-parts')).threadsInParts(await original()));

/** Loss and its gradient by our kernels, the logits cut after so many tokens each time. */
function byChunks(logits: tf.Tensor2D, labels: readonly number[], width: number, dy: number): { loss: tf.Tensor; gradient: tf.Tensor2D } {
  return tf.tidy(() => {
    const [rows, vocabulary] = logits.shape;
    const targets = tf.tensor1d(Int32Array.from(labels), 'int32');
    const chunks = Array.from({ length: Math.ceil(vocabulary / width) }, (_, i) => ({
      logits: tf.slice(logits, [0, i * width], [rows, Math.min(width, vocabulary - i * width)]), first: i * width,
    }));
    const state = asTensor(uninitialised([rows, 3], 'float32'));
    for (const chunk of chunks) onWasm.absorb(chunk, state, targets);
    const finished = onWasm.finish(state);
    const logSums = asTensor(finished.logSums);
    for (const chunk of chunks) onWasm.differentiate(chunk, logSums, targets, tf.scalar(dy));
    return { loss: asTensor(finished.loss), gradient: tf.concat(chunks.map((chunk) => chunk.logits), 1) };
  });
}

/** Rows, vocabulary, width of a chunk. */
const cases = fc.tuple(fc.constantFrom(1, 2, 3, 17, 33), fc.constantFrom(2, 3, 5, 17, 64, 65, 130), fc.constantFrom(1, 3, 4, 16, 33, 200));
const labelsFor = (rows: number, vocabulary: number): number[] => Array.from({ length: rows }, (_, i) => (i * 7 + 1) % vocabulary);

test('loss and gradient equal those of the composed form, however the vocabulary is cut', async () => {
  await fc.assert(fc.asyncProperty(cases, async ([rows, vocabulary, width]) => {
    const logits = randomTensor<tf.Rank.R2>([rows, vocabulary], 'logits', rows).mul(8) as tf.Tensor2D;
    const labels = labelsFor(rows, vocabulary);
    const { loss, gradient } = byChunks(logits, labels, width, 0.7);
    expectClose(await loss.data(), await crossEntropy(logits, labels).data(), 1e-5, 'loss');
    const expected = tf.grad((x) => crossEntropy(x as tf.Tensor2D, labels))(logits, tf.scalar(0.7));
    expectClose(await gradient.data(), await expected.data(), 1e-6, 'gradient');
  }), { numRuns: 50 });
});

test('the gradient agrees with finite differences of the loss', async () => {
  const logits = randomTensor<tf.Rank.R2>([3, 7], 'logits');
  const labels = [1, 6, 0];
  const analytic = await byChunks(logits, labels, 4, 1).gradient.data();
  const values = await logits.data();
  const lossAt = async (entry: number, shift: number): Promise<number> => {
    const moved = values.slice();
    moved[entry] = (moved[entry] as number) + shift;
    return (await byChunks(tf.tensor2d(moved, [3, 7]), labels, 4, 1).loss.data())[0] as number;
  };
  for (const entry of values.keys()) {
    expect(analytic[entry]).toBeCloseTo((await lossAt(entry, 1e-2) - await lossAt(entry, -1e-2)) / 2e-2, 3);
  }
});

test('huge scores overflow nothing', async () => {
  const { loss, gradient } = byChunks(tf.tensor2d([[1e4, 0, -1e4]]), [1], 2, 1);
  expectClose(await loss.data(), [1e4], 1e-6);
  expectClose(await gradient.data(), [1, -1, 0], 1e-6);
});

test('scores that are masked out take no part, not even as a whole chunk', async () => {
  const { loss, gradient } = byChunks(tf.tensor2d([[-Infinity, -Infinity, 0, 0]]), [2], 2, 1);
  expectClose(await loss.data(), [Math.LN2], 1e-6);
  expectClose(await gradient.data(), [0, 0, -0.5, 0.5], 1e-6);
});

test('a score that is no number makes the loss none', async () => {
  expect((await byChunks(tf.tensor2d([[0, NaN, 1, 2, 3]]), [4], 5, 1).loss.data())[0]).toBeNaN();
});

test('two runs are bitwise the same', async () => {
  const logits = randomTensor<tf.Rank.R2>([33, 130], 'logits').mul(8) as tf.Tensor2D;
  const bits = () => Promise.all(Object.values(byChunks(logits, labelsFor(33, 130), 64, 1)).map((tensor) => tensor.data()));
  expect(await bits()).toEqual(await bits());
});

test('rows that threads share out come to the same bits', async () => {
  const logits = randomTensor<tf.Rank.R2>([9, 130], 'logits').mul(8) as tf.Tensor2D;
  const bits = () => Promise.all(Object.values(byChunks(logits, labelsFor(9, 130), 64, 1)).map((tensor) => tensor.data()));
  const [whole, ...parts] = await cut(bits);
  for (const some of parts) expect(some).toEqual(whole);
});
