/**
 * `npm run bench:scaling`: how cost grows with tokens, in training and in decoding, and with the records of a run's pools, in
 * a real Chromium.
 *
 * Exit status: 0 when it was measured, 1 when it could not be, 2 when a flag was wrong.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { withScalingPage, type ScalingPage } from './bench/scaling/drive';
import { growthOfPools, growthOfTokens, growthTable, poolsTable, tokensTable, type PoolsRow, type TokensRow } from './bench/scaling/row';
import { repeatsOf, steps } from './bench/scaling/sizes';
import { help, readWishes, type ScalingWishes } from './bench/scaling/wishes';
import { ensureBrowser } from './browser';
import { exitCode } from './exit-code';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const load = (): string => loadavg().map((average) => average.toFixed(2)).join(' ');
const processors = (): string => `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;

process.exit(await exitCode(async () => {
  const wishes = readWishes(process.argv.slice(2));
  if (wishes === 'help') return console.log(help);
  const before = load();
  const onGpu = wishes.backend === 'webgpu' && wishes.parts.includes('tokens');
  const report = await withScalingPage(ensureBrowser(say), onGpu, async (page) => {
    if (onGpu && page.adapter === null) throw new Error('There is no WebGPU adapter here: leave --backend out.');
    return {
      browser: `Chromium ${page.version}`, adapter: page.adapter,
      tokens: wishes.parts.includes('tokens') ? await tokensOf(page, wishes) : [],
      pools: wishes.parts.includes('pools') ? await poolsOf(page, wishes) : [],
    };
  });
  const growth = [...growthOfTokens(report.tokens), ...growthOfPools(report.pools)];
  const tables = [tokensTable(report.tokens), poolsTable(report.pools), growthTable(growth)];
  const headingAlone = 1;
  console.log(tables.filter((lines) => lines.length > headingAlone).map((lines) => lines.join('\n')).join('\n\n'));
  if (wishes.json === undefined) return;
  await writeFile(wishes.json, `${JSON.stringify({ processors: processors(), load: { before, after: load() }, backend: wishes.backend, ...report, growth }, null, 2)}\n`);
}));

async function tokensOf(page: ScalingPage, { backend, tokens, repeats }: ScalingWishes): Promise<TokensRow[]> {
  const rows: TokensRow[] = [];
  const measured = (row: TokensRow): void => {
    rows.push(row);
    say(tokensTable([row])[1] as string);
  };
  for (const step of steps) {
    for (const count of tokens) measured(await page.call('step', step, backend, count, repeats));
  }
  // A token takes a hundredth of a step.
  for (const count of tokens) measured(await page.call('decoding', backend, count, 4 * repeats));
  return rows;
}

async function poolsOf(page: ScalingPage, { records, repeats }: ScalingWishes): Promise<PoolsRow[]> {
  const rows: PoolsRow[] = [];
  for (const count of records) {
    const measured = await page.call('pools', count, repeatsOf(count, repeats));
    rows.push(...measured);
    for (const line of poolsTable(measured).slice(1)) say(line);
  }
  return rows;
}
