/** The two models: name, size, the backend that runs each and why, and how far their shards have come. */
import { parameters } from '../format';
import type { Session } from '../session';
import type { Role } from '../state';
import { Shards } from './Shards';
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
      <Shards owner={role} shards={shards} />
    </div>
  );
}
