/** Training goes astray: the loss ends well above where it had been, or is no number any more. */
import type { ComdError } from '../../errors';
import type { HealthSign, Watch } from './sign';

/** Losses are means over one batch each and jump: windows of a tenth of the steps are compared, but of no fewer than five. */
const windowShare = 0.1;
const leastWindow = 5;
/** A loss that ends half as high again as it had been has not just jumped, */
const wellAbove = 1.5;
/** nor where it is so much higher, in nats; a loss near 0 doubles by a breath. */
const leastRise = 0.2;

export const divergence: Watch = {
  sign: 'divergence',
  watches: 'whether the loss turns upward',
  look(reports) {
    const means = windowMeans(reports.at(-1)?.losses ?? []);
    const last = means.at(-1);
    if (last === undefined || means.length < 2) return null;
    const best = Math.min(...means);
    if (last <= wellAbove * best || last - best <= leastRise) return null;
    return {
      seen: `The loss ended at ${last.toFixed(2)}, after it had been down at ${best.toFixed(2)} in the same iteration.`,
      try: 'Lower "tuneRate", raise "warmup", or take larger batches ("tuneBatch").',
    };
  },
};

/** The same sign where a loss that is no number ended the training: `error` says where, and what to do. */
export function divergedBy({ message, remedy }: ComdError, iteration: number): HealthSign {
  return { sign: 'divergence', iteration, seen: message, try: remedy };
}

/** Means of the losses, window by window from the end; what is left over at the beginning, where they are highest anyway, is left out. */
function windowMeans(losses: readonly number[]): number[] {
  const size = Math.max(leastWindow, Math.round(windowShare * losses.length));
  const count = Math.floor(losses.length / size);
  return Array.from({ length: count }, (_, i) => {
    const end = losses.length - (count - 1 - i) * size;
    return losses.slice(end - size, end).reduce((sum, loss) => sum + loss, 0) / size;
  });
}
