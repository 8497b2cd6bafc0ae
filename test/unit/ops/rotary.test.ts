import type * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { rotary, rotationOf } from '../../../src/ops/rotary';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);

test('every pair of a head is turned by its own angle, first half with second half', async () => {
  const positions = [0, 1, 7, 300];
  const [heads, headDim, theta] = [3, 6, 1000];
  const x = randomTensor<tf.Rank.R3>([positions.length, heads, headDim], 'x');
  const rows = await x.array();
  const expected = rows.flatMap((row, i) => row.flatMap((head) => head.map((v, d) => {
    const pair = d % 3;
    const angle = (positions[i] as number) * theta ** (-2 * pair / headDim);
    const other = d < 3 ? -(head[d + 3] as number) : head[d - 3] as number;
    return v * Math.cos(angle) + other * Math.sin(angle);
  })));
  expectClose(await rotary(x, rotationOf(positions, Array.from({ length: headDim / 2 }, (_, i) => theta ** (-2 * i / headDim)))).data(), expected, 1e-5);
});

test('position 0 is left as it is, to the bit', async () => {
  const x = randomTensor<tf.Rank.R3>([2, 2, 4], 'x');
  expect(await rotary(x, rotationOf([0, 0], [1, 0.01])).data()).toEqual(await x.data());
});

test('the rotation has a gradient that agrees with finite differences', async () => {
  await expectGradients((x) => rotary(x as tf.Tensor3D, rotationOf([3, 5], [1, 0.1])), [randomTensor([2, 3, 4], 1)]);
});
