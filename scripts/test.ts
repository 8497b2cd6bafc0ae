/**
 * `npm test`: makes sure of a browser, and of a real model where it can be had, runs the tests and ends with one line that counts them.
 *
 * `npm test -- unit|browser|e2e … [file …]` runs some of them.
 */
import { startVitest, type TestModule } from 'vitest/node';
import { ensureBrowser } from './browser';
import { ensureSmollm2 } from './fetch-smollm2';

const projects = ['unit', 'browser', 'e2e'];
const args = process.argv.slice(2);
const chosen = args.filter((arg) => projects.includes(arg));
const files = args.filter((arg) => !projects.includes(arg));

if (files.length === 0 && (chosen.length === 0 || chosen.includes('unit'))) ensureSmollm2(console.log);
if (chosen.join() !== 'unit') process.env['CHROME_PATH'] = ensureBrowser(console.log);
const vitest = await startVitest('test', files, { run: true, watch: false, ...(chosen.length > 0 && { project: chosen }) });
const counts = count(vitest.state.getTestModules());
// An error outside of any test, as in a set-up that does not build, fails the run as a failed test does.
const outside = vitest.state.getUnhandledErrors().length;
const failed = Math.max(counts.failed + outside, process.exitCode || counts.passed === 0 ? 1 : 0);
await vitest.close();
console.log(`${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);

function count(modules: TestModule[]): { passed: number; failed: number; skipped: number } {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  // A file that does not load, or a suite whose hook throws, has no failed test to count.
  const broken = modules.filter((module) => module.state() === 'failed' && ![...module.children.allTests('failed')].length);
  const of = (state: string): number => states.filter((other) => other === state).length;
  return { passed: of('passed'), failed: of('failed') + broken.length, skipped: of('skipped') };
}
