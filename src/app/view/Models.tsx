/** The two models: name, size, the backend that runs each and why, and how far their shards have come. */
import { bytes, parameters } from '../format';
import type { Session } from '../session';
import type { Role, ShardNote } from '../state';
import { useSlice } from './slice';

export function Models({ session }: { session: Session }) {
  return (
    <section aria-labelledby="models-title">
      <h2 id="models-title">The models</h2>
      <div class="models">
        <ModelEntry session={session} role="student" />
        <ModelEntry session={session} role="teacher" />
      </div>
    </section>
  );
}

function ModelEntry({ session, role }: { session: Session; role: Role }) {
  const model = useSlice(session, (view) => view.models[role]);
  const device = useSlice(session, (view) => view.devices[role]);
  const shards = useSlice(session, (view) => view.shards[role]);
  return (
    <div class={`model ${role}`}>
      <h3>{role === 'student' ? 'Student' : 'Teacher'}</h3>
      <p class="model-name">{model === undefined ? 'Not loaded yet' : <>{model.name} <span class="number">{parameters(model.parameters)} parameters</span></>}</p>
      <p class="model-device">
        {device === undefined ? 'No device yet' : <><strong>{device.backend === 'webgpu' ? 'WebGPU' : 'WASM'}</strong> on {device.adapter}. {device.why}</>}
      </p>
      <Shards shards={shards} role={role} />
    </div>
  );
}

/** One segment a shard, as wide as its share of the bytes; the names and sizes are folded away below. */
function Shards({ shards, role }: { shards: readonly ShardNote[]; role: Role }) {
  const loaded = shards.reduce((sum, shard) => sum + shard.loaded, 0);
  const total = shards.reduce((sum, shard) => sum + shard.total, 0);
  return (
    <div class="shards">
      <div class="shard-bar">
        {shards.map((shard) => (
          <progress key={shard.file} aria-label={`${role}: ${shard.file}`} style={{ flexGrow: shard.total }} max={Math.max(1, shard.total)} value={shard.loaded} />
        ))}
      </div>
      <details>
        <summary>{shards.length === 0 ? 'No files loaded' : `${shards.length} ${shards.length === 1 ? 'file' : 'files'}, ${bytes(loaded)} of ${bytes(total)}`}</summary>
        <ul>{shards.map((shard) => <li key={shard.file}><span>{shard.file}</span> <span class="number">{bytes(shard.loaded)} of {bytes(shard.total)}</span></li>)}</ul>
      </details>
    </div>
  );
}
