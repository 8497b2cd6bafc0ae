/** The page of the audit: one teacher in a thread of its own, in its three roles. `drive.ts` calls it. */
import type { ModelInfo, ModelPlace } from '../../workers/protocol';
import { remoteModel } from '../../workers/remote-model';
import { loadOptions, placeOf } from '../../src/comd/models';
import { promptsOf } from '../../src/comd/prompts/choose';
import { answerer, assessor, augmentor } from '../../src/comd/roles';
import { speakerOf } from '../../src/comd/speaker';
import { openDataSet } from '../../src/data/datasets';
import type { Outcome } from '../../src/app/models/terminal';
import { ComdError } from '../../src/errors';
import { type Audit, audit } from '../../src/experiments/audit/audit';
import type { Tell } from '../../src/experiments/audit/ask';
import { presets, type PresetName } from '../../src/presets';
import type { Settings } from '../../src/settings';

/** What is audited. `picked` is the name of the folder whose files lie in the input; else the setting `teacher` says where the teacher is. */
export interface Audited {
  preset: PresetName;
  settings: Settings;
  picked: string | null;
}

const base = new URL('.', location.href).href;
const model = remoteModel(
  new Worker(new URL('../../workers/model.ts', import.meta.url), { type: 'module', name: 'teacher' }), 'teacher', 'Audit again; close other programs if memory is short.',
);

const auditPage = {
  load: ({ preset, settings, picked }: Audited): Promise<Outcome<ModelInfo>> => outcome(() => (
    // It is the only model here, and may take all processors.
    model.load(placed(preset, settings, picked), { ...loadOptions('teacher', settings), models: 1 }, (...loading) => window.auditLoads(...loading))
  )),
  /** Audits the teacher that was loaded. */
  audit: ({ preset, settings }: Audited, items: number): Promise<Outcome<Audit>> => outcome(async () => {
    const data = await openDataSet(presets[preset].dataset, base);
    const [speak, prompts] = [speakerOf(model, data), promptsOf('teacher', settings)];
    const roles = { answers: answerer(speak, prompts, settings), assesses: assessor(speak, prompts, settings), augments: augmentor(speak, prompts, settings) };
    return audit({ data, settings, ...roles }, items, (...told) => window.auditTold(...told));
  }),
};
export type AuditPage = typeof auditPage;

declare global {
  interface Window {
    auditPage: AuditPage;
    /** Put there by `drive.ts`. */
    auditTold: Tell;
    auditLoads(file: string, loaded: number, total: number): void;
  }
}

window.auditPage = auditPage;

/** An error thrown across would reach the driver as text alone. */
async function outcome<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    if (!(error instanceof ComdError)) throw error;
    const { code, message, remedy } = error;
    return { error: { code, message, remedy } };
  }
}

function placed(preset: PresetName, { teacher }: Settings, picked: string | null): ModelPlace {
  if (picked === null) return placeOf(teacher, presets[preset].teacher, (path) => new URL(path, base).href);
  const files = [...(document.querySelector('input')?.files ?? [])];
  return { kind: 'files', name: picked, files };
}
