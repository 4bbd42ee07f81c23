import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/dist/**',
      '**/tmp/**',
      '**/golden/**',
      'generators/*/files/**',
      'packages/runtimes/*/files/**',
      '**/fixture/**',
      '**/fixtures/**',
      '**/*.gen.ts',
      '**/*.gen.js',
      '.nx/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': 'off',
    },
  },
  { files: ['**/*.mjs', '**/*.js'], languageOptions: { globals: nodeGlobals() } },
  { files: ['**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);

function nodeGlobals() {
  return Object.fromEntries(
    [
      'process',
      'console',
      'Buffer',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'URL',
      'fetch',
      'module',
      'require',
      '__dirname',
      'AbortController',
      'AbortSignal',
      'performance',
    ].map((name) => [name, 'readonly']),
  );
}
