/** Frozen weights on the WASM backend as a browser runs it: with threads, whose memory is shared, and growing. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { toFloat32 } from '../../../src/checkpoint/dtype';
import { openDevice } from '../../../src/device/device';
import { fill } from '../../../src/ops/filling/filling';
import { pack } from '../../../src/ops/packed/host';
import { packedLinear, unpack } from '../../../src/ops/packed/packed';
import { heap } from '../../../src/ops/wasm-heap';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';
import { contents, fillBySlices, packedSchemes, randomNumbers, randomPacked, storedBytes } from '../../support/packed';

beforeAll(async () => { await openDevice('wasm'); });

test('a weight is filled in memory that threads share', async () => {
  expect(heap().buffer).toBeInstanceOf(SharedArrayBuffer);
  const bytes = storedBytes('BF16', randomNumbers(33 * 70, 'shared'));
  for (const scheme of packedSchemes) {
    const weight = await fillBySlices(fill('BF16', [33, 70], 'stored', scheme), bytes, 'BF16', 70, 10);
    const { words, scales } = pack(scheme, toFloat32('BF16', bytes), 33, 70);
    expect(await contents(weight), scheme).toEqual(scales ? [words, scales] : [words]);
  }
});

test('a weight that was begun before the memory grew is whole', async () => {
  const bytes = storedBytes('BF16', randomNumbers(64 * 70, 'grown'));
  const filling = fill('BF16', [64, 70], 'stored', 'int4');
  await filling.write(bytes.slice(0, 32 * 140), 0);
  const before = heap().byteLength;
  const large = fill('F32', [2 ** 13, 2 ** 12 + heap().byteLength / 2 ** 15], 'stored', 'f32');
  expect(heap().byteLength).toBeGreaterThan(before);
  await filling.write(bytes.slice(32 * 140), 32 * 70);
  large.dispose();
  const { words, scales } = pack('int4', toFloat32('BF16', bytes), 64, 70);
  expect(await contents(filling.finish())).toEqual([words, scales]);
});

test('a packed matrix multiplies as what it stands for does', async () => {
  for (const n of [1, 9]) {
    const { packed, matrix } = randomPacked('int4', 37, 70);
    const x = randomTensor<tf.Rank.R2>([n, 70], 'x');
    expectClose(await packedLinear(x, packed).data(), await tf.matMul(x, matrix, false, true).data(), 1e-5);
    const dx = tf.grad((input) => tf.sum(packedLinear(input as tf.Tensor2D, packed)))(x);
    expectClose(await dx.data(), await tf.matMul(tf.ones([n, 37]), unpack(packed)).data(), 1e-5);
  }
});
