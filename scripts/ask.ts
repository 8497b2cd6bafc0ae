/**
 * `npm run ask`: loads a model in a real Chromium by the page's own code and answers on the terminal. The answer goes to
 * the standard output, everything else beside it.
 *
 * Exit status: 0 when it answered, 1 when it could not, 2 when a flag was wrong.
 */
import { stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { bytes } from '../src/app/format';
import { ComdError } from '../src/errors';
import type { ModelInfo } from '../workers/protocol';
import { AnswerStream } from './answer-stream';
import { askHelp, type AskOptions, parseAsk } from './ask-options';
import { ensureBrowser } from './browser';
import { ensureBuilt, serve } from './built';
import { exitCode } from './exit-code';
import { LoadBar } from './load-bar';
import { type ModelsPage, withModelsPage } from './models-page';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

process.exit(await exitCode(async () => {
  const options = parseAsk(process.argv.slice(2));
  if (options.help) console.log(askHelp);
  else await ask(options);
}));

async function ask(options: AskOptions): Promise<void> {
  await checkFiles(options);
  const browser = ensureBrowser(say);
  await ensureBuilt(say);
  const served = await serve();
  const bar = new LoadBar(process.stderr);
  const stream = new AnswerStream(process.stdout);
  try {
    await withModelsPage({
      browser, url: served.url, webgpu: options.backend === 'webgpu',
      hear(event) {
        if (event.type === 'shard') bar.move(event.file, event.loaded, event.total);
        if (event.type === 'text') stream.tell(event.text);
      },
    }, async (models) => {
      const info = await bar.during(() => load(models, options));
      say(`${info.name}: ${info.family}, ${info.parameters.toLocaleString('en-US')} parameters, ${bytes(info.bytes)} on the device`);
      say(`${info.backend} on ${info.adapter}. ${info.why}`);
      if (options.images.length > 0) await show(models, options.images, info);
      await (options.logits === null ? answer(models, options, stream) : leaveLogits(models, options.prompt, options.logits));
    });
  } finally {
    await served.close();
  }
}

/** What would be found wrong only after a model has been loaded. Throws `settings/invalid`. */
async function checkFiles({ images, logits }: AskOptions): Promise<void> {
  for (const path of images) {
    if (!(await stat(path).catch(() => undefined))?.isFile()) throw new ComdError('settings/invalid', `There is no image file "${path}".`, 'Give --image the path of a picture.');
  }
  if (logits !== null && !(await stat(dirname(resolve(logits))).catch(() => undefined))?.isDirectory()) {
    throw new ComdError('settings/invalid', `There is no folder for "${logits}".`, 'Give --logits a file in a folder that is there.');
  }
}

async function show(models: ModelsPage, images: readonly string[], { name, family, sees }: ModelInfo): Promise<void> {
  if (!sees) throw new ComdError('checkpoint/unsupported', `${name} (${family}) sees no images.`, 'Leave --image out, or give a model with a vision tower.');
  await models.showImages(images);
}

async function load(models: ModelsPage, { model, adapter, backend, weights }: AskOptions): Promise<ModelInfo> {
  const place = await models.place(model, 'model');
  const over = adapter === null ? {} : { adapter: await models.place(adapter, 'adapter') };
  return models.call('open', place, { backend, weights, ...over });
}

async function answer(models: ModelsPage, { prompt, maxNewTokens, temperature, topK, topP, seed }: AskOptions, stream: AnswerStream): Promise<void> {
  const { text, tokens, seconds } = await models.call('ask', { prompt, maxNewTokens, temperature, topK, topP, seed });
  stream.end(text);
  say(`${tokens} tokens in ${seconds.toFixed(1)} s, ${(tokens / Math.max(seconds, 1e-3)).toFixed(1)} tokens/s`);
}

async function leaveLogits(models: ModelsPage, prompt: string, file: string): Promise<void> {
  const { inputIds, lastLogits } = await models.call('logits', prompt);
  await writeFile(file, `${JSON.stringify({ input_ids: inputIds, last_logits: lastLogits })}\n`);
  say(`${file}: ${inputIds.length} tokens of prompt, ${lastLogits.length} scores`);
}
