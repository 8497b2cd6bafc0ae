/**
 * The house rules that a machine can hold. The floors are listed once, from the top down: each imports only what lies
 * below it, and what a few floors own alone is forbidden to the rest.
 */
import boundaries from 'eslint-plugin-boundaries';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const floors = [
  'app', 'experiments', 'bench', 'comd', 'evaluate', 'train', 'generate', 'pools', 'data', 'model', 'text', 'checkpoint', 'ops', 'device',
];
/** What every floor may name: settings, errors, keyed draws, the types of what flows through the house, and how threads are met. */
const common = [
  'src/errors.ts', 'src/random.ts', 'src/permutation.ts', 'src/settings.ts',
  'src/comd/events.ts', 'src/comd/report.ts', 'src/data/types.ts', 'workers/protocol.ts', 'workers/data-protocol.ts', 'workers/transfer.ts', 'workers/thread.ts', 'workers/remote-model.ts', 'src/checkpoint/library/persist.ts',
];
/** Floors that lie below and are still none of a floor's business. */
const strangers = {
  app: ['bench', 'train', 'generate', 'pools', 'model', 'text', 'checkpoint', 'ops', 'device'],
  experiments: ['bench'],
  bench: ['evaluate', 'pools', 'text'],
  comd: ['model', 'ops', 'device'],
};

const floorPolicies = floors.map((floor, index) => {
  const below = floors.slice(index + 1).filter((other) => !strangers[floor]?.includes(other));
  return { from: { element: { type: floor } }, allow: { to: { element: { types: { anyOf: [floor, ...below] } } } } };
});
const workerPolicy = {
  from: { element: { type: 'workers' } }, allow: { to: { element: { types: { anyOf: ['workers', ...floors.slice(1)] } } } },
};

const blocking = {
  selector: 'MemberExpression[property.name=/^(dataSync|arraySync)$/]',
  message: 'Blocks the thread: await data() or array().',
};
const storage = {
  selector: ':matches(Identifier[name=/^(indexedDB|localStorage|sessionStorage)$/], MemberExpression[object.name="navigator"][property.name="storage"], MemberExpression[object.property.name="navigator"][property.name="storage"])',
  message: 'Only src/pools and src/checkpoint touch storage.',
};
const backends = { group: ['@tensorflow/tfjs-backend-*'], message: 'Only src/device and src/ops know the backends, and src/bench, which also measures them bare.' };
const database = { group: ['idb', 'idb/*'], message: 'Only src/pools and src/checkpoint touch storage.' };

/** What `files` may not do; a later entry replaces an earlier one for its files, so that each list is whole. */
const forbid = (files, packages, syntax) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: packages }],
    'no-restricted-syntax': ['error', blocking, ...syntax],
  },
});

export default defineConfig(
  // AssemblyScript looks like TypeScript and is none.
  { ignores: ['build/', 'dist/', 'public/', 'runs/', 'experiments/', '.venv/', 'src/ops/**/*.as.ts'] },
  tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', 320],
      'no-restricted-syntax': ['error', blocking],
    },
  },
  forbid(['src/**/*.{ts,tsx}', 'workers/**/*.ts'], [backends, database], [storage]),
  forbid(['src/{bench,device,ops}/**/*.ts'], [database], [storage]),
  forbid(['src/{pools,checkpoint}/**/*.ts'], [backends], []),
  {
    files: ['src/**/*.{ts,tsx}', 'workers/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.tsx'] } },
      'boundaries/dependency-nodes': ['import', 'export', 'dynamic-import'],
      'boundaries/files': [{ category: 'common', pattern: common }],
      'boundaries/elements': [
        ...floors.map((floor) => ({ type: floor, pattern: `src/${floor}` })),
        { type: 'workers', pattern: 'workers' },
      ],
    },
    rules: {
      'boundaries/dependencies': ['error', {
        default: 'disallow',
        policies: [
          { allow: { to: { file: { categories: 'common' } } } },
          workerPolicy,
          ...floorPolicies,
        ],
      }],
    },
  },
);
