/** Builds the page of the audit apart from the application's, serves it beside the bundled models and data, and opens it in a Chromium. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { Outcome } from '../../src/app/models/terminal';
import { ComdError } from '../../src/errors';
import type { Tell } from '../../src/experiments/audit/ask';
import type { Audit } from '../../src/experiments/audit/audit';
import type { ModelInfo } from '../../workers/protocol';
import { launchFlags, needsNoSandbox } from '../browser';
import { root, serve } from '../built';
import type { Audited } from './page';

export interface AuditDrive {
  /** Program of the Chromium. */
  browser: string;
  audited: Audited;
  /** The teacher's files, where it lies on this machine. */
  files: readonly string[];
  /** Whether the teacher comes from a server that was not asked whether other pages may read it. */
  foreign: boolean;
  tell: Tell;
  loads(file: string, loaded: number, total: number): void;
}

/** The open page. Its calls throw `checkpoint/*`, `device/no-adapter` and `data/*`. */
export interface OpenAudit {
  load(): Promise<ModelInfo>;
  audit(items: number): Promise<Audit>;
}

/** Opens the page in a fresh profile and hands it to `use`. */
export async function withAuditPage<T>(drive: AuditDrive, use: (page: OpenAudit) => Promise<T>): Promise<T> {
  const server = await serve(await builtPage());
  const profile = await mkdtemp(join(tmpdir(), 'comd-audit-'));
  const { backend } = drive.audited.settings;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: drive.browser, headless: true, chromiumSandbox: !needsNoSandbox(),
    args: [
      ...launchFlags({ webgpu: backend === 'webgpu', swiftshader: process.env['COMD_SWIFTSHADER'] === '1' }),
      ...(drive.foreign ? ['--disable-web-security'] : []),
    ],
  });
  try {
    const page = context.pages()[0] ?? await context.newPage();
    const crashed = new Promise<never>((_, reject) => {
      page.on('crash', () => reject(new Error('The page crashed, most likely for want of memory. Close other programs, or audit fewer items.')));
    });
    crashed.catch(() => undefined);
    return await Promise.race([crashed, opened(page, server.url, drive).then(use)]);
  } finally {
    await context.close();
    await server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function builtPage(): Promise<string> {
  const outDir = join(root, 'build/audit');
  await build({ root: import.meta.dirname, configFile: join(root, 'vite.config.ts'), publicDir: false, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  for (const folder of ['models', 'datasets']) await symlink(join(root, 'public', folder), join(outDir, folder));
  return outDir;
}

async function opened(page: Page, url: string, { audited, files, tell, loads }: AuditDrive): Promise<OpenAudit> {
  page.setDefaultTimeout(0);
  await page.exposeFunction('auditTold', tell);
  await page.exposeFunction('auditLoads', loads);
  await page.goto(url);
  await page.waitForFunction(() => 'auditPage' in window, undefined, { timeout: 60_000 });
  if (files.length > 0) await page.setInputFiles('input', [...files]);
  return {
    load: async () => valueOf(await page.evaluate((given) => window.auditPage.load(given), audited)),
    audit: async (items) => valueOf(await page.evaluate(([given, count]) => window.auditPage.audit(given, count), [audited, items] as const)),
  };
}

function valueOf<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  const { code, message, remedy } = outcome.error;
  throw new ComdError(code, message, remedy);
}
