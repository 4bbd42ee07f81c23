import { workspaceOf } from './fixture-workspace';
import { detectPackageManager } from './package-manager';

it.each<[string, Record<string, string>, string]>([
  ['pnpm by its lockfile', { 'pnpm-lock.yaml': '' }, 'pnpm'],
  ['yarn 1 by its lockfile', { 'yarn.lock': '# yarn lockfile v1\n\na@^1.0.0:\n  version "1.0.0"\n' }, 'yarn'],
  ['yarn 2 and later by theirs', { 'yarn.lock': '# Generated\n\n__metadata:\n  version: 8\n' }, 'berry'],
  [
    'npm by its lockfile',
    { 'package-lock.json': '{}', 'package.json': '{"packageManager":"pnpm@9.0.0"}' },
    'npm',
  ],
  ['pnpm by package.json', { 'package.json': '{"packageManager":"pnpm@9.0.0"}' }, 'pnpm'],
  ['yarn 1 by package.json', { 'package.json': '{"packageManager":"yarn@1.22.22"}' }, 'yarn'],
  ['yarn 4 by package.json', { 'package.json': '{"packageManager":"yarn@4.1.0+sha256.abc"}' }, 'berry'],
  ['yarn 4 with a lockfile that is empty yet', { 'yarn.lock': '', '.yarnrc.yml': '' }, 'berry'],
  ['npm where nothing says otherwise', { 'package.json': 'no JSON' }, 'npm'],
])('%s', (_, files, manager) => {
  expect(detectPackageManager(workspaceOf(files))).toBe(manager);
});
