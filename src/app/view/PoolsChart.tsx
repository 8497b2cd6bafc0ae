/** Sizes of the tuning and the cache pool, by iteration. */
import { linear, ticks } from '../../experiments/scale';
import { count } from '../format';
import type { Session } from '../session';
import type { PoolSizes } from '../state';
import { Figure } from './Figure';
import { useSlice } from './slice';
import { useWidth } from './width';

const HEIGHT = 240;
const EDGE = { top: 30, right: 8, bottom: 28, left: 48 };

export function PoolsChart({ session }: { session: Session }) {
  const pools = useSlice(session, (view) => view.pools);
  const [ref, width] = useWidth<HTMLDivElement>();
  return (
    <Figure title="Pools" caption="records in the tuning pool (filled) and the cache pool (open), by iteration." empty={pools.length === 0 ? 'Both pools grow by what was difficult.' : null}>
      <div ref={ref} style={{ height: `${HEIGHT}px` }}>
        {width > 0 && <Drawing width={width} iterations={session.settings.value.iterations} pools={pools} />}
      </div>
    </Figure>
  );
}

function Drawing({ width, iterations, pools }: { width: number; iterations: number; pools: readonly PoolSizes[] }) {
  const most = Math.max(10, ...pools.flatMap(({ tuning, cache }) => [tuning, cache]));
  const y = linear([0, most], [HEIGHT - EDGE.bottom, EDGE.top]);
  const slot = (width - EDGE.left - EDGE.right) / iterations;
  const bar = Math.min(34, slot * 0.34);
  const middle = (iteration: number) => EDGE.left + slot * (iteration - 0.5);
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={`Pools: ${pools.map(({ iteration, tuning, cache }) => `iteration ${iteration} tuning ${tuning}, cache ${cache}`).join('; ') || 'empty'}`}>
      {ticks(0, most, 4).map((tick) => (
        <g class="axis"><path d={`M${EDGE.left} ${y(tick)}H${width - EDGE.right}`} /><text x={EDGE.left - 8} y={y(tick) + 4} text-anchor="end">{pools.length === 0 ? '' : count(tick)}</text></g>
      ))}
      {Array.from({ length: iterations }, (_, index) => <text class="axis-label" x={middle(index + 1)} y={HEIGHT - 8} text-anchor="middle">{index + 1}</text>)}
      {pools.map(({ iteration, tuning, cache }) => (
        <g>
          <rect class="bar filled" x={middle(iteration) - bar} y={y(tuning)} width={bar - 2} height={y(0) - y(tuning)} />
          <rect class="bar open" x={middle(iteration) + 2} y={y(cache)} width={bar - 2} height={y(0) - y(cache)} />
          <text class="bar-label" x={middle(iteration)} y={y(Math.max(tuning, cache)) - 7} text-anchor="middle">{tuning === cache ? count(tuning) : `${count(tuning)} / ${count(cache)}`}</text>
        </g>
      ))}
    </svg>
  );
}
