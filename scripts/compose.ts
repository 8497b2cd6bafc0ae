/**
 * `npm run compose`: joins a vision tower and a decoder by a fresh connector into a LLaVA checkpoint, by the page's own
 * code in a real Chromium, and leaves it in a folder.
 *
 * Exit status: 0 when it is there, 1 when it could not be made, 2 when a flag was wrong.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { ModelsEvent } from '../src/app/models/events';
import type { Composition } from '../workers/protocol';
import { ensureBrowser } from './browser';
import { ensureBuilt, serve } from './built';
import { exitCode } from './exit-code';
import { numberIn, oneOf, readFlags, required } from './flags';
import { claimFolder, unpack } from './leave';
import { LoadBar } from './load-bar';
import { withModelsPage } from './models-page';

const help = `npm run compose -- --tower DIR_OR_URL --decoder DIR_OR_URL --out DIR

Joins any vision tower (clip, siglip, or that of a llava, idefics3, smolvlm) and any decoder (llama, mistral, qwen2, a .gguf
file, or that of a llava, idefics3, smolvlm) by a fresh connector into a LLaVA checkpoint that transformers loads.

  --connector KIND   mlp: two layers, as in LLaVA 1.5; linear: one layer, which only this project loads (mlp)
  --seed S           names the connector's random weights (1)`;

const flags = {
  tower: { type: 'string' },
  decoder: { type: 'string' },
  out: { type: 'string' },
  connector: { type: 'string', default: 'mlp' },
  seed: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

process.exit(await exitCode(async () => {
  const values = readFlags(process.argv.slice(2), flags);
  if (values.help) return console.log(help);
  const folder = resolve(required('out', values.out, 'an empty or new folder'));
  const parts = {
    tower: required('tower', values.tower, 'a folder or an address'), decoder: required('decoder', values.decoder, 'a folder, a .gguf file or an address'),
    connector: oneOf('connector', values.connector, ['mlp', 'linear']), seed: numberIn('seed', values.seed, 0, 2 ** 31 - 1, true), name: basename(folder),
  };
  const fresh = !existsSync(folder);
  await claimFolder(folder);
  try {
    await compose(parts, folder);
  } catch (cause) {
    // One that was there before stays; one that holds something by now cannot be removed so.
    if (fresh) await rmdir(folder).catch(() => undefined);
    throw cause;
  }
}));

async function compose(parts: { tower: string; decoder: string; connector: Composition['connector']; name: string; seed: number }, folder: string): Promise<void> {
  const browser = ensureBrowser(say);
  await ensureBuilt(say);
  const served = await serve();
  const work = await mkdtemp(join(tmpdir(), 'comd-compose-'));
  const bar = new LoadBar(process.stderr);
  const hear = (event: ModelsEvent): void => {
    if (event.type === 'copy') bar.move(event.file, event.loaded, event.total);
  };
  try {
    await withModelsPage({ browser, url: served.url, webgpu: false, hear }, async (models) => {
      const tower = await models.place(parts.tower, 'tower');
      const decoder = await models.place(parts.decoder, 'decoder');
      const kept = await bar.during(() => models.call('compose', { ...parts, tower, decoder }));
      const zip = join(work, 'model.zip');
      await models.saveDownload(() => models.call('archive', kept.id), zip);
      const files = await unpack(zip, folder);
      say(`${folder}/\n${files.map((file) => `  ${file}`).join('\n')}`);
    });
  } finally {
    await served.close();
    await rm(work, { recursive: true, force: true });
  }
}
