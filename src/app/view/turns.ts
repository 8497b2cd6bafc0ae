/** A hook that lets parts of a screen wait for a later task, so that none of the tasks that draw it is long. */
import { useEffect, useState } from 'preact/hooks';
import { nextTask } from '../frames';

/** How many tasks have gone by since the part was first drawn, up to `most`. */
export function useTurns(most: number): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => { if (turn < most) void nextTask().then(() => setTurn(turn + 1)); }, [turn, most]);
  return turn;
}
