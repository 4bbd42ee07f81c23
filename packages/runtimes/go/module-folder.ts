import { posix } from 'node:path';
import type { ServiceBuild } from '../../service/types';

/** Folder of the go.mod that the program belongs to: its go.sum is the lockfile. It lies in `output`, which is what is copied. */
export function moduleFolder({ lockfile, output }: Pick<ServiceBuild, 'lockfile' | 'output'>): string {
  return lockfile ? posix.dirname(lockfile) : output;
}

/** A package path as `go build` wants it: `cmd/server` becomes `./cmd/server`. */
export function packagePath(main: string): string {
  const path = posix.normalize(main).replace(/\/$/, '');
  return path === '.' ? '.' : `./${path}`;
}
