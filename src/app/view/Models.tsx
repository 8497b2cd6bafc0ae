/** The models of the run, two to four: name, size, the backend that runs each and why, and how far their shards have come. */
import type { Role } from '../../comd/events';
import { playerOf, playersNeeded } from '../../comd/models';
import type { Settings } from '../../settings';
import { parameters } from '../format';
import type { Session } from '../session';
import { Shards } from './Shards';
import { useSlice } from './slice';

const titles: Record<Role, string> = { student: 'Student', teacher: 'Teacher', assessor: 'Assessor', augmentor: 'Augmentor' };

/** The roles that a player has, as its heading: the assessor may also be the augmentor. */
function titleOf(player: Role, settings: Settings): string {
  const alsoAugments = player === 'assessor' && playerOf('augmentor', settings) === 'assessor';
  return alsoAugments ? 'Assessor and augmentor' : titles[player];
}

export function Models({ session }: { session: Session }) {
  const settings = session.settings.value;
  return (
    <section aria-labelledby="models-title">
      <h2 id="models-title">The models</h2>
      <div class="models">
        {playersNeeded(settings).map((role) => <ModelEntry key={role} session={session} role={role} title={titleOf(role, settings)} />)}
      </div>
    </section>
  );
}

function ModelEntry({ session, role, title }: { session: Session; role: Role; title: string }) {
  const model = useSlice(session, (view) => view.models[role]);
  const device = useSlice(session, (view) => view.devices[role]);
  const shards = useSlice(session, (view) => view.shards[role]) ?? [];
  return (
    <div class={`model ${role}`}>
      <h3>{title}</h3>
      <p class="model-name">{model === undefined ? 'Not loaded yet' : <>{model.name} <span class="number">{parameters(model.parameters)} parameters</span></>}</p>
      <p class="model-device">
        {device === undefined ? 'No device yet' : <><strong>{device.backend === 'webgpu' ? 'WebGPU' : 'WASM'}</strong> on {device.adapter}. {device.why}</>}
      </p>
      <Shards owner={role} shards={shards} />
    </div>
  );
}
