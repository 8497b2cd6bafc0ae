/** How S_k is spread over the assessed records of an iteration, with tau in it: what lies right of it is difficult. */
import { linear, ticks } from '../../experiments/scale';
import { Figure } from './Figure';
import { useWidth } from './width';

const HEIGHT = 240;
const EDGE = { top: 30, right: 12, bottom: 28, left: 40 };

/** `bins` are ten counts over 0..1, or null before anything was assessed. */
export function Histogram({ bins, tau, iteration }: { bins: readonly number[] | null; tau: number; iteration: number }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const caption = <>S<sub>k</sub> of the assessed records{iteration > 0 && ` of iteration ${iteration}`}; difficult from tau on.</>;
  return (
    <Figure title="Difficulty" caption={caption} empty={bins === null ? 'Drawn while the teacher marks both answers.' : null}>
      <div ref={ref} style={{ height: `${HEIGHT}px` }}>
        {width > 0 && <Drawing width={width} bins={bins ?? new Array<number>(10).fill(0)} tau={tau} />}
      </div>
    </Figure>
  );
}

function Drawing({ width, bins, tau }: { width: number; bins: readonly number[]; tau: number }) {
  const most = Math.max(4, ...bins);
  const x = linear([0, 1], [EDGE.left, width - EDGE.right]);
  const y = linear([0, most], [HEIGHT - EDGE.bottom, EDGE.top]);
  const at = x(Math.min(1, Math.max(0, tau)));
  const labelLeft = tau > 0.8;
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={`Records by S_k: ${bins.map((bin, index) => `${index / 10} to ${(index + 1) / 10}: ${bin}`).join(', ')}. tau is ${tau}.`}>
      {ticks(0, most, 4).filter(Number.isInteger).map((tick) => (
        <g class="axis"><path d={`M${EDGE.left} ${y(tick)}H${width - EDGE.right}`} /><text x={EDGE.left - 8} y={y(tick) + 4} text-anchor="end">{tick}</text></g>
      ))}
      {[0, 0.2, 0.4, 0.6, 0.8, 1].map((tick) => <text class="axis-label" x={x(tick)} y={HEIGHT - 8} text-anchor="middle">{tick}</text>)}
      {bins.map((bin, index) => <Bar from={x(index / 10) + 1} to={x((index + 1) / 10) - 1} cut={at} top={y(bin)} floor={y(0)} />)}
      <path class="tau" d={`M${at} ${EDGE.top - 18}V${y(0)}`} />
      <text class="tau-label" x={labelLeft ? at - 6 : at + 6} y={EDGE.top - 8} text-anchor={labelLeft ? 'end' : 'start'}>tau {tau}</text>
    </svg>
  );
}

/** One bin; tau may cut through it. */
function Bar({ from, to, cut, top, floor }: { from: number; to: number; cut: number; top: number; floor: number }) {
  const edge = Math.min(to, Math.max(from, cut));
  return (
    <g>
      <rect class="bar easy" x={from} y={top} width={edge - from} height={floor - top} />
      <rect class="bar difficult" x={edge} y={top} width={to - edge} height={floor - top} />
    </g>
  );
}
