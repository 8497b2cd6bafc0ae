/** Files on their way: one segment each, as wide as its share of the bytes; names and sizes are folded away below. */
import { bytes } from '../format';

interface Props {
  /** Whose files they are, for those who listen to the page. */
  owner: string;
  shards: readonly { file: string; loaded: number; total: number }[];
}

export function Shards({ owner, shards }: Props) {
  const loaded = shards.reduce((sum, shard) => sum + shard.loaded, 0);
  const total = shards.reduce((sum, shard) => sum + shard.total, 0);
  return (
    <div class="shards">
      <div class="shard-bar">
        {shards.map((shard) => (
          <progress key={shard.file} aria-label={`${owner}: ${shard.file}`} style={{ flexGrow: shard.total }} max={Math.max(1, shard.total)} value={shard.loaded} />
        ))}
      </div>
      <details>
        <summary>{shards.length === 0 ? 'No files loaded' : `${shards.length} ${shards.length === 1 ? 'file' : 'files'}, ${bytes(loaded)} of ${bytes(total)}`}</summary>
        <ul>{shards.map((shard) => <li key={shard.file}><span>{shard.file}</span> <span class="number">{bytes(shard.loaded)} of {bytes(shard.total)}</span></li>)}</ul>
      </details>
    </div>
  );
}
