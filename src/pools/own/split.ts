/**
 * Which part of own data is held out as test items. It follows from the content alone: no draw, no order of rows, no run can
 * change it, so that the same picture is on the same side in every data set and every session.
 */
import { hash } from '../../random';
import { words } from '../../text/words';

/** One of so many is held out. */
const share = 10;

/** What is asked about which picture; an empty image is none. */
interface Asked {
  image: string;
  instruction: string;
}

/** Whether a picture is held out with all that is asked about it. `image` is its name: the SHA-256 of its bytes, and an extension. */
export function isHeldOutPicture(image: string): boolean {
  return Number.parseInt(image.slice(0, 12), 16) % share === 0;
}

/** Whether an instruction about no picture is held out, by its words, so that case and punctuation do not matter. */
export function isHeldOutText(instruction: string): boolean {
  return hash('held out', words(instruction).join(' ')) % share === 0;
}

export function isHeldOut({ image, instruction }: Asked): boolean {
  return image === '' ? isHeldOutText(instruction) : isHeldOutPicture(image);
}
