/**
 * Three kinds of tests: `unit` in Node, `browser` in a real Chromium, `e2e` in Node against the built page. They run one
 * kind after the other, so that the browser has the machine to itself.
 */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, mergeConfig } from 'vitest/config';
import { findBrowser, launchFlags, needsNoSandbox } from './scripts/browser.ts';
import viteConfig from './vite.config.ts';

const chromium = playwright({
  launchOptions: {
    executablePath: findBrowser(),
    chromiumSandbox: !needsNoSandbox(),
    args: launchFlags({ webgpu: true, swiftshader: true }),
  },
});

export default mergeConfig(viteConfig, defineConfig({
  optimizeDeps: {
    // Found now: a dependency that Vite meets only while tests run would reload the page under them.
    entries: ['src/**/*.{ts,tsx}', 'workers/*.ts', 'test/browser/**/*.ts'],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.{ts,tsx}'],
          testTimeout: 180_000,
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            provider: chromium,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/support/served.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // One page at a time: each keeps two models busy.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
}));
