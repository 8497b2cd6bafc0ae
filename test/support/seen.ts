/** A model with random weights that has seen some random images. */
import { type Llava, loadModel } from '../../src/model/llava';
import { VisionFeatures } from '../../src/model/vision-features';
import { stream } from '../../src/random';
import { randomCheckpoint, type Shape } from './random-checkpoint';

export interface Seen {
  model: Llava;
  features: VisionFeatures;
}

export async function seenModel(shape: Shape, images: readonly string[]): Promise<Seen> {
  const model = await loadModel(randomCheckpoint(shape), () => undefined);
  const features = new VisionFeatures(model.weights, model.config);
  await features.see(images.map((name) => ({ name, ...randomImage(name, shape.vision.image) })));
  return { model, features };
}

function randomImage(name: string, size: number): { data: Float32Array; size: number } {
  const draw = stream('image', name);
  return { size, data: Float32Array.from({ length: size * size * 3 }, () => draw() * 2 - 1) };
}
