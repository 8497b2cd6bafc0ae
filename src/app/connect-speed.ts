/** The thread of one measurement, as the plain interface that the speed screen knows. */
import { wrap } from 'comlink';
import '../../workers/transfer';
import type { SpeedThread } from '../../workers/protocol';
import { watch } from '../../workers/thread';
import type { Measuring } from './speed/speed-session';

/** Starts a thread. Nothing that was measured before has left anything in it. */
export function connectSpeed(): Measuring {
  const worker = new Worker(new URL('../../workers/speed.ts', import.meta.url), { type: 'module', name: 'speed' });
  const { orEnd, close } = watch(worker, 'measurement', 'Measure again; close other programs if memory is short.');
  const remote = wrap<SpeedThread>(worker);
  return {
    close,
    adapter: () => orEnd(remote.adapter()),
    product: (of) => orEnd(remote.product(of)),
    measure: (of, matmulPeak, steps) => orEnd(remote.measure(of, matmulPeak, steps)),
  };
}
