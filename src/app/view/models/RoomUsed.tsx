/** How much of the browser's room for this page is used, and whether it has promised to keep what is there. */
import { bytes } from '../../format';

interface Props {
  /** In bytes, as the browser tells them. */
  used: number;
  quota: number;
  persisted: boolean;
}

export function RoomUsed({ used, quota, persisted }: Props) {
  return (
    <div class="room">
      <progress aria-label="Room used" max={Math.max(1, quota)} value={used} />
      <p><span class="number">{bytes(used)} used, {bytes(Math.max(0, quota - used))} free.</span> {persisted
        ? 'The browser has promised to keep it.'
        : 'The browser may clear it when the disk runs full.'}</p>
    </div>
  );
}
