/** Rotary positions on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. */
import { multiplyAdd } from '../wasm/simd.as';

/**
 * Turns `turned` heads of rows `from` to `to` by the rows' positions, and copies the `copied` heads that follow them.
 * @param half of a head's numbers: one turns with the one so many further
 * @param sign 1, or −1 to turn the other way
 */
export function turn(
  from: i32, to: i32, qkv: usize, cos: usize, sin: usize, positions: usize, out: usize, turned: i32, copied: i32, half: i32, sign: f32,
): void {
  const halfBytes = <usize>half << 2;
  const turnedBytes = <usize>turned * 2 * halfBytes;
  const copiedBytes = <usize>copied * 2 * halfBytes;
  let x = qkv + <usize>from * (turnedBytes + copiedBytes);
  let y = out + <usize>from * (turnedBytes + copiedBytes);
  for (let row = from; row < to; row++) {
    const angles = <usize>load<i32>(positions + (<usize>row << 2)) * halfBytes;
    for (let head = 0; head < turned; head++) {
      turnHead(x, cos + angles, sin + angles, y, halfBytes, sign);
      x += 2 * halfBytes;
      y += 2 * halfBytes;
    }
    memory.copy(y, x, copiedBytes);
    x += copiedBytes;
    y += copiedBytes;
  }
}

/** `[x₁·cos − x₂·sin, x₂·cos + x₁·sin]` */
function turnHead(x: usize, cos: usize, sin: usize, y: usize, halfBytes: usize, sign: f32): void {
  const whole = halfBytes & ~15;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const first = v128.load(x + at);
    const second = v128.load(x + halfBytes + at);
    const c = v128.load(cos + at);
    const s = f32x4.mul(f32x4.splat(sign), v128.load(sin + at));
    v128.store(y + at, f32x4.sub(f32x4.mul(first, c), f32x4.mul(second, s)));
    v128.store(y + halfBytes + at, multiplyAdd(second, c, f32x4.mul(first, s)));
  }
  for (; at < halfBytes; at += 4) {
    const first = load<f32>(x + at);
    const second = load<f32>(x + halfBytes + at);
    const c = load<f32>(cos + at);
    const s = sign * load<f32>(sin + at);
    store<f32>(y + at, first * c - second * s);
    store<f32>(y + halfBytes + at, second * c + first * s);
  }
}
