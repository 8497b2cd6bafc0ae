/** What a thread says of one measured case, before anybody makes a row of it. Types only. */
import type { Scheme } from '../../settings';
import type { Measured } from '../measure';

/** The most that the device does of one thing. */
export interface Peaks {
  /** In words. */
  device: string;
  /** Floating point operations a second of our own largest product. */
  product: number;
  /** Bytes read and written a second. */
  copy: number;
}

export interface ModelMeasured extends Measured {
  weights: Scheme;
  /** That kernels ran on; undefined where there are none but the device's. */
  threads?: number;
  /** Of one step, padding left out. */
  tokens: number;
  /** That share of a step's rows is padding; undefined where sequences are not padded. */
  padding?: number;
  /** Floating point operations of one step's products. */
  operations: number;
  /** Of one decoded token; undefined of a training step, which computation bounds. */
  bytes?: number;
}
