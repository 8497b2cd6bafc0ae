/**
 * The colour that a drawing mostly has, in the words a person would use, or null where none dominates.
 */
import type { Pixels } from '../src/data/types';

/** A colour dominates when it covers this share of the opaque pixels … */
const enough = 0.45;
/** … and the next one covers at most this share of what it covers. */
const ahead = 0.6;

export function dominantColour({ data }: Pixels): string | null {
  const counts = new Map<string, number>();
  let opaque = 0;
  for (let i = 0; i < data.length; i += 4) {
    if ((data[i + 3] as number) < 200) continue;
    opaque++;
    const word = colourWord(data[i] as number, data[i + 1] as number, data[i + 2] as number);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const [first, second] = [...counts].sort((x, y) => y[1] - x[1]);
  if (!first || first[1] < enough * opaque || (second && second[1] > ahead * first[1])) return null;
  return first[0];
}

/** Names a colour by hue, saturation and value. */
function colourWord(r: number, g: number, b: number): string {
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const saturation = max ? (max - min) / max : 0;
  if (max < 60) return 'black';
  if (saturation < 0.16) return max > 215 ? 'white' : 'grey';
  const hue = hueOf(r, g, b);
  const pale = saturation < 0.55 && max > 190;
  return pale && (hue < 24 || hue >= 300) ? 'pink' : hueWord(hue, max);
}

function hueWord(hue: number, value: number): string {
  if (hue < 18 || hue >= 340) return value < 130 ? 'brown' : 'red';
  if (hue < 40) return value < 190 ? 'brown' : 'orange';
  if (hue < 68) return 'yellow';
  if (hue < 165) return 'green';
  if (hue < 255) return 'blue';
  return hue < 300 ? 'purple' : 'pink';
}

/** Hue in degrees, 0 to 360. */
function hueOf(r: number, g: number, b: number): number {
  const max = Math.max(r, g, b);
  const span = max - Math.min(r, g, b);
  const sixth = max === r ? (g - b) / span : max === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  return ((sixth + 6) % 6) * 60;
}
