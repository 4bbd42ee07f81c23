import { posix } from 'node:path';
import type { PackageManager, Service } from '../../service/types';

/** How the folder that `docker-deps` writes is installed in the image's `deps` stage. */
export interface InstallFacts {
  /** The folder, relative to the workspace root. */
  readonly folder: string;
  /** A workspace of manifests, lockfile and settings: all that an install reads. */
  readonly manifests: string;
  /** Built files of workspace packages, in their own folders. */
  readonly files: string;
  /** The package manager itself, at the version that the manifest names; null where Node.js brings it. */
  readonly managerPackage: string | null;
  /** Commands of the install: exactly what the lockfile says. */
  readonly commands: readonly string[];
  /** Folders that BuildKit keeps from build to build. */
  readonly caches: readonly string[];
  /** Build secrets: id and where the package manager looks for its settings. */
  readonly secrets: readonly { readonly id: string; readonly target: string }[];
}

const npmCache = '/root/.npm';
const npmrc = { id: 'npmrc', target: '/root/.npmrc' };
const version = (separator: string) =>
  `$(node -p 'require("./package.json").packageManager.split("${separator}")`;
const byName = `${version('+')}[0]')`;

/**
 * Development packages are gone from the manifests already. Corepack is not used: Node.js does not bring it any more from
 * 25 on, and it asks the network itself.
 */
const installs: Readonly<Record<PackageManager, Omit<InstallFacts, 'folder' | 'manifests' | 'files'>>> = {
  npm: {
    managerPackage: null,
    commands: ['npm ci --omit=dev --no-audit --no-fund'],
    caches: [npmCache],
    secrets: [npmrc],
  },
  pnpm: {
    managerPackage: byName,
    commands: [
      'pnpm install --frozen-lockfile --prod --store-dir /root/.local/share/pnpm/store --config.package-import-method=copy',
    ],
    caches: [npmCache, '/root/.local/share/pnpm/store'],
    secrets: [npmrc],
  },
  yarn: {
    managerPackage: byName,
    commands: [
      'yarn install --frozen-lockfile --production --non-interactive --cache-folder /usr/local/share/.cache/yarn',
    ],
    caches: [npmCache, '/usr/local/share/.cache/yarn,sharing=locked'],
    secrets: [npmrc],
  },
  berry: {
    managerPackage: `@yarnpkg/cli-dist@${version('@')}[1].split("+")[0]')`,
    commands: [
      'export YARN_ENABLE_GLOBAL_CACHE=true YARN_GLOBAL_FOLDER=/root/.yarn/berry YARN_ENABLE_TELEMETRY=0',
      'yarn install --immutable',
    ],
    caches: [npmCache, '/root/.yarn/berry/cache,sharing=locked'],
    secrets: [npmrc, { id: 'yarnrc', target: '/root/.yarnrc.yml' }],
  },
};

export function installFacts(service: Service): InstallFacts {
  const folder = `dist/deps/${service.name}`;
  const install = installs[service.build.packageManager];
  return { folder, manifests: `${folder}/manifests`, files: `${folder}/files`, ...install };
}

/**
 * Folder of the app's own files in the image. With packages it is the one that the project has in the workspace: Node.js looks
 * for packages from there upwards, so a package that only this app has in another version is found before the shared one.
 */
export function appFolder({ root, build }: Service): string {
  return build.dependencies === 'pruned' ? posix.join('/app', root) : '/app';
}
