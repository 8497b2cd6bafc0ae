/** The hidden inputs that the terminal fills, and the object by which it takes their files in, there while the screen is. */
import { useEffect } from 'preact/hooks';
import type { DataPage } from '../../data/open';
import { terminalData, terminalDataInputs } from '../../data/terminal';

/** The files that were put into an input last. */
function filesIn(id: string): File[] {
  const input = document.getElementById(id);
  return input instanceof HTMLInputElement ? [...input.files ?? []] : [];
}

export function TerminalDataInputs({ page: { data } }: { page: DataPage }) {
  useEffect(() => {
    window.comdData = terminalData(data, filesIn);
    return () => { delete window.comdData; };
  }, []);
  return (
    <div hidden>
      <input id={terminalDataInputs.folder} type="file" tabIndex={-1} aria-hidden="true" {...{ webkitdirectory: true }} />
      <input id={terminalDataInputs.files} type="file" multiple tabIndex={-1} aria-hidden="true" />
    </div>
  );
}
