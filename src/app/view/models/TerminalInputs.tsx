/** The hidden inputs that the terminal fills, and the object by which it drives the screen, there while the screen is. */
import { useEffect } from 'preact/hooks';
import type { ModelsPage } from '../../models/open';
import { terminalInputs, terminalOver } from '../../models/terminal';
import { saveAs } from '../save-as';

/** The files that were put into an input last. */
function filesOf(id: string): File[] {
  const input = document.getElementById(id);
  return input instanceof HTMLInputElement ? [...input.files ?? []] : [];
}

export function TerminalInputs({ page: { library, asked, base } }: { page: ModelsPage }) {
  useEffect(() => {
    window.comdModels = terminalOver(library, asked, { files: filesOf, save: (file) => saveAs(file, file.name), base });
    return () => { delete window.comdModels; };
  }, []);
  return <div hidden>{Object.values(terminalInputs).map((id) => <input key={id} id={id} type="file" multiple tabIndex={-1} aria-hidden="true" />)}</div>;
}
