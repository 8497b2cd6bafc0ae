/** How well a decoder foresees a text: what weights from elsewhere, or packed ones, are judged by. */
import * as tf from '@tensorflow/tfjs';
import { headOf } from '../../src/model/decoder';
import { forward } from '../../src/model/forward';
import type { SpeakingModel } from '../../src/model/model';
import { VisionFeatures } from '../../src/model/vision-features';
import { crossEntropy } from '../../src/ops/cross-entropy/cross-entropy';

/** Mean next-token loss over a text's ids in nats, nothing added to them. */
export async function meanTokenLoss(model: SpeakingModel, ids: readonly number[]): Promise<number> {
  const features = new VisionFeatures(model.weights, model.config);
  const loss = tf.tidy(() => {
    const hidden = forward(model, features, [{ images: [], ids: ids.slice(0, -1) }], ids.length - 1);
    return crossEntropy(hidden, headOf(model.weights, model.config.decoder), ids.slice(1));
  });
  const [value] = await loss.data();
  loss.dispose();
  return value as number;
}
