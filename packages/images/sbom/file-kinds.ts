import { isPackageFolder } from './npm';

/** What a file may say about packages. `program`: any other regular file, which may be a binary. */
export type FileKind =
  | 'dpkg-status'
  | 'dpkg-copyright'
  | 'apk-installed'
  | 'os-release'
  | 'package-json'
  | 'app-package-json'
  | 'python-metadata'
  | 'script'
  | 'program';

/** By its path, without leading slash. */
export function kindOf(path: string): FileKind {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
  if (name === 'package.json') return isPackageFolder(folder) ? 'package-json' : 'app-package-json';
  if (name === 'METADATA' && folder.endsWith('.dist-info')) return 'python-metadata';
  if (name.endsWith('.egg-info') || (name === 'PKG-INFO' && folder.endsWith('.egg-info')))
    return 'python-metadata';
  if (path === 'var/lib/dpkg/status' || /^var\/lib\/dpkg\/status\.d\/[^/.]+(?:\.[^/.]+)*$/.test(path))
    return name.endsWith('.md5sums') ? 'program' : 'dpkg-status';
  if (name === 'copyright' && /^usr\/share\/doc\/[^/]+$/.test(folder)) return 'dpkg-copyright';
  if (/^(?:usr\/)?lib\/apk\/db\/installed$/.test(path)) return 'apk-installed';
  if (path === 'etc/os-release' || path === 'usr/lib/os-release') return 'os-release';
  if (/\.[cm]?js$/.test(name) && !path.includes('node_modules/')) return 'script';
  return 'program';
}

/** Bytes of a file that are read; null: all of it, as it passes by. */
export const longestFile: Readonly<Record<FileKind, number | null>> = {
  'dpkg-status': 64 * 1024 * 1024,
  'dpkg-copyright': 4 * 1024 * 1024,
  'apk-installed': 64 * 1024 * 1024,
  'os-release': 64 * 1024,
  'package-json': 4 * 1024 * 1024,
  'app-package-json': 4 * 1024 * 1024,
  'python-metadata': 4 * 1024 * 1024,
  script: null,
  program: null,
};
