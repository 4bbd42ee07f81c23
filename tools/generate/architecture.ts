import { basename, dirname, join } from 'node:path/posix';
import { builtinModules } from 'node:module';
import { preProcessFile } from 'typescript';

/**
 * Which rooms a room may import. An entry is a room, or one file of a room; `service <- runtimes <- workspace <- generators` and so on.
 * A room that is not here is a mistake: its direction has to be thought of.
 */
const directions: Readonly<Record<string, readonly string[]>> = {
  'packages/service': [],
  'packages/process': [],
  'packages/dockerfiles': ['packages/service'],
  'packages/files': ['packages/service', 'packages/process'],
  'packages/images': ['packages/service'],
  'packages/lockfiles': ['packages/service'],
  'packages/engines': ['packages/service', 'packages/process', 'packages/dockerfiles'],
  'packages/registry': ['packages/service', 'packages/process', 'packages/images'],
  'packages/manifests': ['packages/service', 'packages/images/finding'],
  'packages/scanners': ['packages/process', 'packages/images/finding'],
  'packages/signing': ['packages/process'],
  'packages/doctor': [
    'packages/process',
    'packages/engines',
    'packages/registry/credentials',
    'packages/registry/reference',
  ],
  'packages/cluster': ['packages/service', 'packages/process'],
  'packages/report': ['packages/images/finding'],
  'packages/runtimes': ['packages/service', 'packages/files/types', 'packages/images/catalogue'],
  'packages/workspace': ['packages/service', 'packages/process', 'packages/runtimes', 'packages/files'],
  'packages/toolbox': ['packages/service', 'packages/dockerfiles', 'packages/workspace/data-directory'],
  generators: [
    'packages/service',
    'packages/runtimes',
    'packages/workspace',
    'packages/files',
    'packages/images/catalogue',
    'packages/doctor',
    'packages/registry/reference',
  ],
  executors: [
    'packages/service',
    'packages/dockerfiles',
    'packages/images',
    'packages/lockfiles',
    'packages/process',
    'packages/engines',
    'packages/registry',
    'packages/scanners',
    'packages/manifests',
    'packages/report',
    'packages/signing',
    'packages/cluster',
    'packages/workspace',
  ],
};

/** Generators that go through all the others: they may import them, nobody else may. */
const conductors = ['service', 'init', 'sync', 'remove'];

/** Runtimes that others build on, as FastAPI and Celery do on Python: the others may import them, they none of the others. */
const foundations = ['python', 'nginx'];

/** The model reads nothing and starts nothing; of Node.js it needs a hash and a comparison. */
const pureBuiltins = ['crypto', 'util'];

const vagueNames = ['utils', 'util', 'helpers', 'helper', 'common', 'misc'];

/** Longest file in lines; about 200 is the aim. */
const mostLines = 350;

/** Hosts that packages and images come from: a mirror's address is the machine's own business. Split, so that this file passes. */
const packageHosts = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['deb', 'debian', 'org'],
  ['security', 'debian', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['pypi', 'org'],
  ['dl-cdn', 'alpinelinux', 'org'],
  ['proxy', 'golang', 'org'],
  ['download', 'docker', 'com'],
  ['registry-1', 'docker', 'io'],
  ['dl', 'k8s', 'io'],
  ['get', 'helm', 'sh'],
].map((parts) => parts.join('.'));

/** The tree to judge. Paths are relative to its root, POSIX. */
export interface SourceTree {
  readonly files: ReadonlyMap<string, string>;
  /** Packages that the published package declares. */
  readonly declared: readonly string[];
}

/** Every breach of the architecture: one line each, with the file first. */
export function findBreaches({ files, declared }: SourceTree): readonly string[] {
  const inFiles = [...files].flatMap(([path, text]) => {
    const breaches = [
      ...namesOf(path),
      ...lengthOf(path, text),
      ...hostsOf(text),
      ...importsOf(path, text, declared),
    ];
    return breaches.map((breach) => `${path}: ${breach}`);
  });
  return [...inFiles, ...findIncompleteFolders(files)];
}

/** What makes a folder a generator, an executor or a runtime. */
const folderShapes: Readonly<Record<string, readonly string[]>> = {
  generators: ['generator.ts', 'schema.json'],
  executors: ['executor.ts', 'schema.json'],
  'packages/runtimes': ['runtime.ts'],
};

function findIncompleteFolders(files: SourceTree['files']): readonly string[] {
  return Object.entries(folderShapes).flatMap(([room, needed]) => {
    const inside = [...files.keys()].filter((path) => path.startsWith(`${room}/`));
    const folders = new Set(
      inside
        .map((path) => path.slice(room.length + 1).split('/'))
        .filter((parts) => parts.length > 1)
        .map(([name]) => `${room}/${name}`),
    );
    return [...folders].flatMap((folder) =>
      needed.filter((name) => !files.has(`${folder}/${name}`)).map((name) => `${folder}: has no ${name}`),
    );
  });
}

function namesOf(path: string): readonly string[] {
  return path
    .split('/')
    .filter((part) => part.split(/[-._]/).some((word) => vagueNames.includes(word.toLowerCase())))
    .map((part) => `${part} says nothing about what is in it`);
}

function lengthOf(path: string, text: string): readonly string[] {
  if (!/\.(ts|mjs|js|ejs|sh)$/.test(path) || /\.gen\.(d\.ts|ts|js)$/.test(path)) return [];
  const lines = text.split('\n').length - 1;
  return lines > mostLines ? [`has ${lines} lines, more than ${mostLines}. Split it by concept`] : [];
}

function hostsOf(text: string): readonly string[] {
  return packageHosts.filter((host) => text.includes(host)).map((host) => `names the host ${host}`);
}

function importsOf(path: string, text: string, declared: readonly string[]): readonly string[] {
  const room = roomOf(path);
  if (!/\.ts$/.test(path) || path.endsWith('.d.ts') || room === null) return [];
  if (!(room in directions)) return [`${room} is a room without a direction. Give it one in architecture.ts`];
  const imports = preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return imports.flatMap((name) =>
    name.startsWith('.') ? insideBreach(path, room, name) : outsideBreach(path, room, name, declared),
  );
}

/** An import of our own. */
function insideBreach(path: string, room: string, name: string): readonly string[] {
  const target = join(dirname(path), name);
  const targetRoom = roomOf(target);
  if (targetRoom === null) return [`imports ${target}, which lies in no room`];
  if (targetRoom === room) return siblingBreach(path, target, room);
  const allowed = directions[room]!.some(
    (one) => target === one || target.startsWith(`${one}/`) || target.startsWith(`${one}.`),
  );
  return allowed ? [] : [`imports ${target}, but ${room} does not import ${targetRoom}`];
}

/** What specs share is no part of a runtime. */
function mayBuildOn(path: string, own: string, other: string): boolean {
  if (/(^fixture-.*|\.spec)\.ts$/.test(basename(path))) return true;
  return foundations.includes(other) && !foundations.includes(own);
}

/** Folders of generators, executors and runtimes stand alone, runtimes but for their foundation. */
function siblingBreach(path: string, target: string, room: string): readonly string[] {
  if (!['generators', 'executors', 'packages/runtimes'].includes(room)) return [];
  const [own, other] = [path, target].map((file) => file.slice(room.length + 1).split('/')) as [
    string[],
    string[],
  ];
  const fromFolder = own.length > 1;
  const toFolder = other.length > 1;
  if (!fromFolder || own[0] === other[0] || (room === 'generators' && conductors.includes(own[0]!)))
    return [];
  if (room === 'packages/runtimes' && mayBuildOn(path, own[0]!, other[0]!)) return [];
  // The contract of an output is what its folder implements, with the context that it gets.
  if (toFolder || (room === 'generators' && !['output', 'output-context'].includes(other[0]!)))
    return [`imports ${target}, but a folder of ${room} stands alone`];
  return [];
}

/** An import of a package or of Node.js. */
function outsideBreach(
  path: string,
  room: string,
  name: string,
  declared: readonly string[],
): readonly string[] {
  const breaches: string[] = [];
  if (/^@nx\/devkit\/src(\/|$)/.test(name) || /^nx\/src(\/|$)/.test(name))
    breaches.push(`imports ${name}. Use @nx/devkit`);
  if (isForTests(path)) return breaches;

  const builtin = name.replace(/^node:/, '').split('/')[0]!;
  if (builtinModules.includes(builtin)) {
    if (builtin === 'child_process' && room !== 'packages/process')
      breaches.push(`imports ${name}, but only packages/process starts processes`);
    if (room === 'packages/service' && !pureBuiltins.includes(builtin))
      breaches.push(`imports ${name}, but the model does no I/O`);
    return breaches;
  }
  const packageName = name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0]!;
  if (room === 'packages/service' && packageName !== 'yaml')
    breaches.push(`imports ${name}, but the model knows of nothing but YAML`);
  if (!declared.includes(packageName))
    breaches.push(`imports ${name}, which packages/toolbox/package.json does not declare`);
  return breaches;
}

/** `packages/service/parse.ts` -> `packages/service`, `generators/init/x.ts` -> `generators`; null outside of the rooms. */
function roomOf(path: string): string | null {
  const [first, second, third] = path.split('/');
  if (first === 'packages') return third === undefined ? null : `packages/${second}`;
  return first === 'generators' || first === 'executors' ? first : null;
}

function isForTests(path: string): boolean {
  return /\.(spec|bench)\.ts$/.test(path) || basename(path).startsWith('fixture-');
}
