/** Models that a run is given as folders of this machine: kept in the browser's store first, where the run finds them. */
import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { Settings } from '../src/settings';
import { LoadBar } from './load-bar';
import { openModels } from './models-page';

/** The settings that name a folder, or a .gguf file, by how the run will name it. Throws what keeping it failed with. */
export async function bringModels(page: Page, base: string, settings: Partial<Settings>, say: (line: string) => void): Promise<Partial<Settings>> {
  const local = (['teacher', 'student', 'assessor', 'augmentor'] as const).filter((role) => existsSync(settings[role] ?? ''));
  if (local.length === 0) return {};
  const bar = new LoadBar(process.stdout);
  const models = await openModels(page, { url: base, hear: (event) => { if (event.type === 'copy') bar.move(event.file, event.loaded, event.total); } });
  const brought: Partial<Settings> = {};
  // Once each: a model that is named for two roles is to be loaded once.
  for (const folder of new Set(local.map((role) => settings[role] as string))) {
    const roles = local.filter((role) => settings[role] === folder);
    const { id, bytes } = await bar.during(async () => models.call('keep', await models.place(folder, 'model')));
    say(`${roles.join(' and ')}: ${folder} is in the browser's store (${(bytes / 1e6).toFixed(1)} MB)`);
    for (const role of roles) brought[role] = `kept:${id}`;
  }
  return brought;
}
