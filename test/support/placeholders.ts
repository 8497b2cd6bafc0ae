/** The ids that stand for one image of one tile in a sequence. */
import type { SpeakingModel } from '../../src/model/model';

export function placeholders({ config }: SpeakingModel): number[] {
  const { tokens = 0, placeholder = 0 } = config.connector ?? {};
  return Array.from({ length: tokens }, () => placeholder);
}
