import type { Finding } from '../finding';
import type { TarEntry } from '../tar-reader';

/** A rule's words about one entry of a layer; layer and path are added by the caller. */
export interface EntryFinding extends Pick<Finding, 'id' | 'severity' | 'why' | 'fix'> {
  /** Whether it counts only while no later layer hides the file. */
  readonly whileVisible: boolean;
}

export interface EntryContext {
  /** Without leading slash; the name as the archive has it is in the entry. */
  readonly path: string;
  /** The layer belongs to the base image, which is somebody else's work. */
  readonly base: boolean;
  /** Seconds since the epoch that no file of the image's own layers is newer than; null: not known. */
  readonly sourceDate: number | null;
}

/** What an entry of a layer shows by its header alone. */
export function judgeEntry(entry: TarEntry, context: EntryContext): EntryFinding[] {
  return rules.flatMap((rule) => rule(entry, context) ?? []);
}

type EntryRule = (entry: TarEntry, context: EntryContext) => EntryFinding | undefined;

const rules: readonly EntryRule[] = [
  unsafeName,
  unsafeLink,
  device,
  elevated,
  worldWritable,
  packageCache,
  shellOrPackageManager,
  gitFolder,
  newerThanSource,
];

const buildAnew = 'Find out who made the layer; build the image from sources that you trust.';

function unsafeName({ name }: TarEntry): EntryFinding | undefined {
  const absolute = name.startsWith('/');
  if (!absolute && !name.split('/').includes('..')) return undefined;
  return {
    id: 'unsafe-path',
    severity: 'high',
    why: `The archive names it ${absolute ? 'by an absolute path' : 'with ".." in its path'}: a careless tool would write outside of the folder that it unpacks into.`,
    fix: buildAnew,
    whileVisible: false,
  };
}

/** Absolute symbolic links are ordinary: they count from the image's root. Hard links name a path inside the archive. */
function unsafeLink({ type, linkName }: TarEntry, { path }: EntryContext): EntryFinding | undefined {
  if (type !== '1' && type !== '2') return undefined;
  const start = type === '1' || linkName.startsWith('/') ? 0 : path.split('/').length - 1;
  if (lowestDepth(linkName, start) >= 0) return undefined;
  return {
    id: 'unsafe-link',
    severity: type === '1' ? 'high' : 'medium',
    why: 'The link leads out of the image’s root.',
    fix: buildAnew,
    whileVisible: false,
  };
}

function lowestDepth(link: string, start: number): number {
  let depth = start;
  let lowest = start;
  for (const part of link.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    lowest = Math.min(lowest, depth);
  }
  return lowest;
}

function device({ type }: TarEntry): EntryFinding | undefined {
  if (type !== '3' && type !== '4') return undefined;
  return {
    id: 'device',
    severity: 'high',
    why: 'A device file: engines make their own under /dev, an image needs none.',
    fix: 'Remove the file from the image.',
    whileVisible: true,
  };
}

function elevated({ type, mode }: TarEntry, { base }: EntryContext): EntryFinding | undefined {
  if (type !== '0' || (mode & 0o6000) === 0 || (mode & 0o111) === 0) return undefined;
  const bit = (mode & 0o4000) !== 0 ? 'setuid' : 'setgid';
  return {
    id: `${bit}-file`,
    severity: base ? 'low' : 'medium',
    why: `Whoever starts it runs as its ${bit === 'setuid' ? 'owner' : 'group'} (mode ${mode.toString(8)}); no-new-privileges prevents that only where it is set.`,
    fix: base
      ? 'Choose a base without it, or accept it in the ignore list.'
      : `Take the bit away: chmod ${bit === 'setuid' ? 'u' : 'g'}-s.`,
    whileVisible: true,
  };
}

/** Folders with the sticky bit, such as /tmp, protect what others put there. */
function worldWritable({ type, mode }: TarEntry, { base }: EntryContext): EntryFinding | undefined {
  const sticky = type === '5' && (mode & 0o1000) !== 0;
  if ((type !== '0' && type !== '5') || (mode & 0o002) === 0 || sticky) return undefined;
  return {
    id: 'world-writable',
    severity: base ? 'low' : 'medium',
    why: `Every user may write to it (mode ${mode.toString(8)}).`,
    fix: 'Give it to the user of the image: COPY --chown, or chmod o-w.',
    whileVisible: true,
  };
}

const caches: readonly (readonly [RegExp, string])[] = [
  [/^var\/cache\/apt\/(archives\/.*\.deb|(src)?pkgcache\.bin)$/, 'apt'],
  [/^var\/lib\/apt\/lists\/[^/]+_(Packages|InRelease|Release)[^/]*$/, 'apt'],
  [/^(var\/cache\/apk|etc\/apk\/cache)\/[^/]+$/, 'apk'],
  [/^var\/cache\/(dnf|yum)\/.*[^/]$/, 'dnf'],
  [/^(root|home\/[^/]+)\/\.npm\/_cacache\/index-v5\//, 'npm'],
  [/(^|\/)\.cache\/(yarn|pnpm|pip|uv|pypoetry|pdm|go-build|composer)\/./, 'a package manager'],
  [/^usr\/local\/share\/\.cache\/yarn\//, 'yarn'],
];

function packageCache({ type }: TarEntry, { path }: EntryContext): EntryFinding | undefined {
  const owner = type === '0' ? caches.find(([pattern]) => pattern.test(path))?.[1] : undefined;
  if (owner === undefined) return undefined;
  return {
    id: 'package-cache',
    severity: 'low',
    why: `A cache of ${owner}: bytes that nobody uses at run time.`,
    fix: 'Mount the cache in the build (RUN --mount=type=cache), or remove it in the same RUN.',
    whileVisible: false,
  };
}

const programs = /^(?:usr\/)?(?:local\/)?s?bin\/([a-z0-9.-]+)$/;
const shells = /^(sh|bash|dash|ash|zsh|ksh|busybox)$/;
const packageManagers =
  /^(apt|apt-get|dpkg|apk|dnf|microdnf|yum|rpm|npm|npx|pnpm|yarn|corepack|pip|pip3|uv)$/;

function shellOrPackageManager({ type }: TarEntry, { path }: EntryContext): EntryFinding | undefined {
  const name = '012'.includes(type) ? programs.exec(path)?.[1] : undefined;
  if (name === undefined) return undefined;
  const kind = shells.test(name) ? 'shell' : packageManagers.test(name) ? 'package-manager' : null;
  if (kind === null) return undefined;
  return {
    id: kind,
    severity: 'info',
    why: `A ${kind.replace('-', ' ')}: of use to whoever breaks in, seldom to the service.`,
    fix: 'Use a base without it (distroless), where the service does not need it.',
    whileVisible: true,
  };
}

function gitFolder(_: TarEntry, { path }: EntryContext): EntryFinding | undefined {
  if (!/(^|\/)\.git\/HEAD$/.test(path)) return undefined;
  return {
    id: 'git-folder',
    severity: 'medium',
    why: 'A whole git folder: its history holds what was ever committed.',
    fix: 'Name .git in the .dockerignore file.',
    whileVisible: false,
  };
}

function newerThanSource(
  { type, mtime }: TarEntry,
  { base, sourceDate }: EntryContext,
): EntryFinding | undefined {
  if (base || sourceDate === null || type !== '0' || Math.floor(mtime) <= sourceDate) return undefined;
  return {
    id: 'newer-than-source-date',
    severity: 'low',
    why: `Its time (${isoTime(mtime)}) is after the image’s own (${isoTime(sourceDate)}): a build of the same sources gives another image.`,
    fix: 'Build with nx docker-build, which clamps the times of all files.',
    whileVisible: false,
  };
}

/** Times of hostile archives may be anything. */
function isoTime(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.valueOf()) ? `${seconds} s` : date.toISOString().replace('.000Z', 'Z');
}
