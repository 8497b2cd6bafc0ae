/**
 * Global set-up of the end-to-end tests: the page is built once and served once for all of them.
 */
import type { TestProject } from 'vitest/node';
import { ensureBuilt, serve } from '../../scripts/built';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built page is served; ends in a slash. */
    url: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureBuilt(console.log);
  const served = await serve();
  project.provide('url', served.url);
  return () => served.close();
}
