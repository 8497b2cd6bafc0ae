/** A model with random weights that has seen some random images. */
import { loadModel, speaking, type SpeakingModel } from '../../src/model/model';
import { VisionFeatures } from '../../src/model/vision-features';
import { stream } from '../../src/random';
import type { Scheme } from '../../src/settings';
import { randomCheckpoint, type Shape } from './random-checkpoint';

export interface Seen {
  model: SpeakingModel;
  features: VisionFeatures;
}

export async function seenModel(shape: Shape, images: readonly string[], scheme: Scheme = 'f32'): Promise<Seen> {
  const model = speaking(await loadModel(randomCheckpoint(shape), { scheme, onShard: () => undefined }));
  const features = new VisionFeatures(model.weights, model.config);
  await features.see(images.map((name) => ({ name, ...randomImage(name, shape.vision.image) })));
  return { model, features };
}

function randomImage(name: string, size: number): { tiles: Float32Array[]; size: number; rows: number; cols: number } {
  const draw = stream('image', name);
  return { size, rows: 0, cols: 0, tiles: [Float32Array.from({ length: size * size * 3 }, () => draw() * 2 - 1)] };
}
