import { statfs } from 'node:fs/promises';
import { findCredentials } from '../registry/credentials';
import { isLoopback } from '../registry/reference';
import { CommandNotFoundError, run } from '../process/run';
import { missing, ok, problem, problemOf, type Check } from './check';

export interface MachineFacts {
  /** Root of the workspace. */
  readonly root: string;
  /** Host of the registry that images are pushed to; null where images are local. */
  readonly registry: string | null;
}

/** Milliseconds until a program must have told its version. */
const timeoutMs = 20_000;

/** Bytes free below which a build may fail, and below which it will: an image with its build takes about one gigabyte. */
const littleSpace = 5e9;
const noSpace = 1e9;

/** A program that targets call: any one of `programs` will do. */
interface Tool {
  readonly id: string;
  readonly programs: readonly (readonly [file: string, ...args: string[]])[];
  readonly neededBy: string;
}

const tools: readonly Tool[] = [
  { id: 'git', programs: [['git', '--version']], neededBy: 'merges with your edits, and nx affected' },
  {
    id: 'scanner',
    programs: [
      ['trivy', '--version'],
      ['grype', '--version'],
    ],
    neededBy: 'docker-scan (or name a container with --scannerImage)',
  },
  { id: 'cosign', programs: [['cosign', 'version']], neededBy: 'docker-sign and docker-verify-signature' },
  {
    id: 'kubectl',
    programs: [['kubectl', 'version', '--client']],
    neededBy: 'k8s-validate, where manifests have overlays',
  },
];

export function machineChecks({ root, registry }: MachineFacts): readonly Check[] {
  return [
    ...tools.map((tool) => () => installed(tool)),
    () => disk(root),
    ...(registry === null || isLoopback(registry) ? [] : [() => login(registry)]),
  ];
}

async function installed({ id, programs, neededBy }: Tool) {
  const names = programs.map(([file]) => file);
  for (const [file, ...args] of programs) {
    try {
      const { code, stdout, stderr, timedOut } = await run({ file, args }, { timeoutMs });
      if (code === 0) return ok(id, `${file} ${versionIn(`${stdout}\n${stderr}`)}`);
      const why = timedOut ? 'does not answer' : `ends with ${code}`;
      return problem(id, `${file} is there, but ${why}.`, `Install it anew: ${neededBy} need it.`);
    } catch (error) {
      if (!(error instanceof CommandNotFoundError)) return problemOf(id, error);
    }
  }
  return missing(id, `There is no ${names.join(' or ')} on PATH.`, `Needed by ${neededBy}.`);
}

function versionIn(text: string): string {
  return /\bv?(\d+\.\d+(?:\.\d+)?\S*)/.exec(text)?.[1] ?? '(it does not tell its version)';
}

async function disk(root: string) {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const found = `${(free / 1e9).toFixed(1)} GB free for the workspace`;
  const fix = 'Free some, e.g. with: docker builder prune';
  if (free < noSpace) return problem('disk', `${found}.`, fix);
  return free < littleSpace ? missing('disk', `${found}.`, fix) : ok('disk', found);
}

async function login(registry: string) {
  try {
    if (await findCredentials(registry)) return ok('login', `Docker has a login for ${registry}`);
    return missing('login', `Docker has no login for ${registry}.`, `Run: docker login ${registry}`);
  } catch (error) {
    return problemOf('login', error);
  }
}
