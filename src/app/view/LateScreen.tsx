/** A screen whose scripts are loaded when it is first opened. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ComdError } from '../../errors';
import { screenTitles, type LateScreenName } from '../screens';
import { Banner } from './Banner';

interface Props {
  name: LateScreenName;
  load(name: LateScreenName): Promise<ComponentType>;
}

export function LateScreen({ name, load }: Props) {
  const [Loaded, setLoaded] = useState<ComponentType | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    load(name).then(
      // Bare, a component would be taken for a function that makes the next state.
      (component) => { if (wanted) setLoaded(() => component); },
      (error: unknown) => { if (wanted) setTrouble(error instanceof Error ? error.message : String(error)); },
    );
    return () => { wanted = false; };
  }, []);
  if (Loaded !== null) return <Loaded />;
  const words = `${screenTitles[name].toLowerCase()} screen`;
  const error = trouble === null ? null
    : new ComdError('run/unexpected', `The ${words} could not be loaded: ${trouble}`, 'Reload the page, with a connection to where it came from.');
  return (
    <>
      <main class="notebook" id={name} tabIndex={-1}><p role="status">{trouble === null ? `Opening the ${words}.` : `The ${words} is not there.`}</p></main>
      <Banner error={error} onDismiss={() => location.reload()} dismissal="Reload" />
    </>
  );
}
