import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { findBrowser, launchFlags, needsNoSandbox } from '../../../scripts/browser';

afterEach(() => vi.unstubAllEnvs());

describe('the browser', () => {
  test('is the one that CHROME_PATH names', () => {
    vi.stubEnv('CHROME_PATH', process.execPath);
    expect(findBrowser()).toBe(process.execPath);
  });

  test('is refused when CHROME_PATH names no program, with the path in the message', () => {
    vi.stubEnv('CHROME_PATH', '/no/such/chrome');
    expect(() => findBrowser()).toThrow('/no/such/chrome');
    vi.stubEnv('CHROME_PATH', import.meta.dirname);
    expect(() => findBrowser()).toThrow(import.meta.dirname);
  });

  test.runIf(process.platform === 'linux')('is the first on the PATH that starts', async () => {
    const place = await mkdtemp(join(tmpdir(), 'comd-browser-'));
    const program = async (name: string, status: number): Promise<void> => {
      await writeFile(join(place, name), `#!/bin/sh\nexit ${status}\n`, { mode: 0o755 });
    };
    vi.stubEnv('CHROME_PATH', '');
    vi.stubEnv('PATH', `${place}:${process.env['PATH']}`);
    await program('google-chrome', 127);
    await program('chromium', 0);
    expect(findBrowser()).toBe(join(place, 'chromium'));
    await program('google-chrome', 0);
    expect(findBrowser()).toBe(join(place, 'google-chrome'));
    await rm(place, { recursive: true });
  });

  test('keeps its sandbox for an ordinary user and gives it up for root and in CI', () => {
    vi.stubEnv('CI', '');
    const user = vi.spyOn(process as Required<typeof process>, 'getuid');
    user.mockReturnValue(1000);
    expect(needsNoSandbox()).toBe(false);
    vi.stubEnv('CI', 'true');
    expect(needsNoSandbox()).toBe(true);
    vi.stubEnv('CI', '');
    user.mockReturnValue(0);
    expect(needsNoSandbox()).toBe(true);
    user.mockRestore();
  });

  test('is asked for WebGPU and for the software adapter only when they are wanted', () => {
    expect(launchFlags({ webgpu: false, swiftshader: false }).join(' ')).not.toMatch(/webgpu|software/);
    expect(launchFlags({ webgpu: true, swiftshader: false })).toEqual(expect.arrayContaining(['--enable-unsafe-webgpu', '--disable-software-rasterizer']));
    expect(launchFlags({ webgpu: true, swiftshader: true })).toContain('--use-webgpu-adapter=swiftshader');
    expect(launchFlags({ webgpu: true, swiftshader: true })).not.toContain('--disable-software-rasterizer');
  });
});
