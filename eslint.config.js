import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const nodeBuiltins = {
  group: ['node:*', 'fs', 'path', 'os', 'crypto', 'child_process', 'worker_threads'],
  message: 'Workflow code is deterministic: no I/O, no Node builtins.',
};
const impureRooms = {
  group: [
    '**/storage/*',
    '!**/storage/keys.js',
    '**/engines/*',
    '**/workers/*',
    '**/cli/*',
    '**/infra/*',
    '@temporalio/client',
    '@temporalio/worker',
    '@temporalio/activity',
    'sharp',
    'onnxruntime-node',
  ],
  allowTypeImports: true,
  message: 'Workflow code decides; activities do I/O.',
};
const activitiesByTypeOnly = {
  group: ['**/activities/*'],
  allowTypeImports: true,
  message: 'Workflows import activities with `import type` only.',
};
const seededOnly = 'Import fc from test/support/properties.js, which seeds it.';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'graft-data/', 'coverage/', '.cache/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/support/properties.ts'],
    rules: { 'no-restricted-imports': ['error', { name: 'fast-check', message: seededOnly }] },
  },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: globals.node } },
  {
    files: ['workflows/**/*.ts'],
    ignores: ['workflows/clock.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [nodeBuiltins, impureRooms, activitiesByTypeOnly] },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'Buffer',
        'fetch',
        'performance',
        'crypto',
        'WeakRef',
        'FinalizationRegistry',
        'setInterval',
        'setImmediate',
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'No randomness in workflow code.',
        },
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: 'No clock in workflow code; use workflowInfo().',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'No clock in workflow code.',
        },
      ],
    },
  },
);
