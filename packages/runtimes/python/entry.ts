import { posix } from 'node:path';
import type { Service } from '../../service/types';

/**
 * Files of the app, relative to its folder, one of which must exist for `build.main` to start: `app.main:app` is app/main.py or the package
 * app/main. Modules are looked for below the app's folder and below what PYTHONPATH names in it.
 */
export function entryFiles({ build, settings }: Pick<Service, 'build' | 'settings'>): readonly string[] {
  if (build.main.endsWith('.py')) return [build.main];
  const module = build.main.split(':')[0]!.replaceAll('.', '/');
  const roots = (settings['PYTHONPATH'] ?? '')
    .split(':')
    .filter((path) => path.startsWith('/app/'))
    .map((path) => path.slice('/app/'.length));
  const isCalled = build.main.includes(':');
  return [...roots, '.'].flatMap((root) =>
    [`${module}.py`, `${module}/__init__.py`, ...(isCalled ? [] : [`${module}/__main__.py`])].map((file) =>
      posix.join(root, file),
    ),
  );
}
