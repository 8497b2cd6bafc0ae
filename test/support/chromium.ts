/**
 * A Chromium for end-to-end tests, with a fresh profile in each context.
 */
import { chromium, type Browser } from 'playwright-core';
import { launchFlags, needsNoSandbox } from '../../scripts/browser';

/** Launches the Chromium that the tests were given. `swiftshader` offers the software WebGPU adapter. */
export function launchChromium(executablePath: string, swiftshader = false): Promise<Browser> {
  return chromium.launch({
    executablePath, headless: true, chromiumSandbox: !needsNoSandbox(),
    args: launchFlags({ webgpu: swiftshader, swiftshader }),
  });
}
