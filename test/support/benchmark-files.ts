/** Folders of benchmarks for tests: made on the spot, or a fixture, some files of which may be replaced. */
import { fileURLToPath } from 'node:url';
import { BenchmarkFolder } from '../../scripts/benchmark-folder';
import type { BenchmarkFiles } from '../../src/evaluate/benchmarks/files';

/** Path of a fixture's folder. */
export function benchmarkFixture(name: 'scienceqa' | 'seed-bench' | 'llava-bench'): string {
  return fileURLToPath(new URL(`../fixtures/benchmarks/${name}/`, import.meta.url));
}

export async function fixtureFiles(name: Parameters<typeof benchmarkFixture>[0], instead: Record<string, string> = {}): Promise<BenchmarkFiles> {
  const folder = await BenchmarkFolder.open(benchmarkFixture(name));
  return {
    has: async (path) => path in instead || folder.has(path),
    text: async (path) => instead[path] ?? folder.text(path),
  };
}
