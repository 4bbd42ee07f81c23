import type { PackageManager, Service } from '../../service/types';

/** How the `docker-deps` folder of a service is installed in the image's `deps` stage. */
export interface InstallFacts {
  /** The folder that the target `docker-deps` writes, relative to the workspace root. */
  readonly folder: string;
  /** Manifests, lockfile and package manager settings: all that an install reads. */
  readonly manifests: string;
  /** Built files of workspace packages, in their own folders. */
  readonly files: string;
  readonly commands: readonly string[];
  /** Folders that BuildKit keeps from build to build. */
  readonly caches: readonly string[];
}

/** Commands per package manager: exactly what the lockfile says, without development packages. */
const installs: Readonly<Record<PackageManager, Pick<InstallFacts, 'commands' | 'caches'>>> = {
  npm: { commands: ['npm ci --omit=dev --no-audit --no-fund'], caches: ['/root/.npm'] },
  pnpm: { commands: ['pnpm install --prod --frozen-lockfile'], caches: ['/root/.local/share/pnpm/store'] },
  yarn: {
    commands: ['yarn install --production --frozen-lockfile --non-interactive'],
    caches: ['/usr/local/share/.cache/yarn'],
  },
  berry: { commands: ['yarn workspaces focus --production --all'], caches: ['/root/.yarn/berry/cache'] },
};

export function installFacts(service: Service): InstallFacts {
  const folder = `dist/deps/${service.name}`;
  return {
    folder,
    manifests: `${folder}/manifests`,
    files: `${folder}/files`,
    ...installs[service.build.packageManager],
  };
}
