/** The maximum of a row of scores. AssemblyScript: see `scripts/build-kernels.ts`. */

/** The highest score; what is no number if any is none. */
// @ts-ignore: decorator
@inline
export function maximum(scores: usize, bytes: usize): f32 {
  // Four at a time, since each maximum waits for the one before it.
  let m0 = f32x4.splat(-f32.MAX_VALUE);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    m0 = f32x4.max(m0, v128.load(scores + i));
    m1 = f32x4.max(m1, v128.load(scores + i, 16));
    m2 = f32x4.max(m2, v128.load(scores + i, 32));
    m3 = f32x4.max(m3, v128.load(scores + i, 48));
  }
  for (; i < bytes; i += 4) m0 = f32x4.max(m0, v128.load32_splat(scores + i));
  const tops = f32x4.max(f32x4.max(m0, m1), f32x4.max(m2, m3));
  const left = max<f32>(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1));
  return max<f32>(left, max<f32>(f32x4.extract_lane(tops, 2), f32x4.extract_lane(tops, 3)));
}
