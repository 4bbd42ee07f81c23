import { posix } from 'node:path';
import { DescriptionError } from '../../service/description-error';
import type { Detection, ProjectTargets, WorkspaceReader } from '../runtime';
import { defaults } from './defaults';
import { copiedFolder, folderWith, parseGoMod, type GoMod } from './go-mod';
import { detectHealth } from './health-route';
import { detectListening } from './listen';
import { mainFolders, sourceFiles, type SourceFile } from './sources';

/**
 * Reads what the image of an existing project needs out of its go.mod and its sources. A project may be a module, or a folder
 * with a program in a module that lies above it.
 * @throws DescriptionError where it is one in Go that cannot be built
 */
export function detect({ name, root }: ProjectTargets, workspace: WorkspaceReader): Detection | null {
  const module = folderWith('go.mod', root, workspace);
  if (module === null) return null;
  const own = sourceFiles(root, workspace);
  const mains = mainFolders(own);
  if (mains.length === 0) return null;
  const goMod = posix.join(module, 'go.mod');
  const parsed = parseGoMod(workspace.read(goMod) ?? '');
  checkVersion(parsed, goMod);
  const lockfile = lockfileOf(module, parsed, workspace);
  const chosen = chosenMain(mains, module, root, [name, parsed.name], workspace);
  const main = posix.relative(module, chosen.folder) || '.';

  // The program's own file says more of it than the packages that it imports.
  const sources = [...(module === root ? own : sourceFiles(module, workspace))].sort(
    (a, b) => Number(isIn(b, module, main)) - Number(isIn(a, module, main)),
  );
  const { port, fixedPort, settings, notes } = detectListening(sources);
  const health = detectHealth(sources);
  const tcp = { kind: 'tcp' } as const;
  return {
    facts: {
      name,
      root,
      detected: {
        ...(port ? { port } : {}),
        live: health.live ?? tcp,
        ready: health.ready ?? tcp,
        ...(Object.keys(settings).length > 0 ? { settings } : {}),
        build: {
          target: null,
          output: copiedFolder(module, workspace),
          main,
          dependencies: 'locked',
          lockfile,
        },
      },
    },
    ...(fixedPort ? { fixedPort } : {}),
    notes: [
      ...chosen.notes,
      ...notes,
      ...(health.live
        ? []
        : [
            'No health route was found: the probes only connect to the port. Add one, e.g. GET /health, and set "health".',
          ]),
      ...fileNotes(sources),
    ],
  };
}

function isIn({ path }: SourceFile, module: string, main: string): boolean {
  return posix.dirname(path) === posix.join(module, main);
}

/** The one that the description names, the one at the project's root, the only one, or the one that has the name of the project or the module. */
function chosenMain(
  mains: readonly string[],
  module: string,
  root: string,
  names: readonly (string | null)[],
  workspace: WorkspaceReader,
): { readonly folder: string; readonly notes: readonly string[] } {
  const description = posix.join(root, 'toolbox.yaml');
  const described = /\bmain:\s*["']?([\w./-]+)/.exec(workspace.read(description) ?? '')?.[1];
  const wanted = [...(described ? [posix.join(module, described)] : []), posix.normalize(root)];
  const sure = wanted.find((folder) => mains.includes(folder)) ?? (mains.length === 1 ? mains[0] : undefined);
  if (sure !== undefined) return { folder: sure, notes: [] };
  const pathOf = (folder: string) => `./${posix.relative(module, folder)}`;
  const named = names.flatMap((name) => mains.filter((folder) => posix.basename(folder) === name))[0];
  if (named !== undefined) {
    const note = `The module has several programs; ${pathOf(named)} is built. Set build.main for another one.`;
    return { folder: named, notes: [note] };
  }
  throw new DescriptionError({
    file: root,
    key: '',
    message: `there are several programs: ${mains.map(pathOf).join(', ')}. Set build.main in ${description} to one of them`,
  });
}

function checkVersion({ go }: GoMod, file: string): void {
  const numbers = (version: string) => version.split('.').map(Number);
  const [major = 0, minor = 0] = numbers(go ?? '1.0');
  const [ourMajor = 0, ourMinor = 0] = numbers(defaults.runtimeVersion);
  if (major < ourMajor || (major === ourMajor && minor <= ourMinor)) return;
  throw new DescriptionError({
    file,
    key: 'go',
    message: `${go} is newer than Go ${defaults.runtimeVersion}, which builds the image. Lower it to ${defaults.runtimeVersion}`,
  });
}

/** A module that needs no other has no go.sum. */
function lockfileOf(module: string, { hasRequirements }: GoMod, workspace: WorkspaceReader): string {
  const lockfile = posix.join(module, 'go.sum');
  if (workspace.exists(lockfile)) return lockfile;
  const goMod = posix.join(module, 'go.mod');
  if (!hasRequirements || workspace.exists(posix.join(module, 'vendor/modules.txt'))) return goMod;
  const goWork = folderWith('go.work', module, workspace);
  if (goWork !== null && workspace.exists(posix.join(goWork, 'go.work.sum'))) return goMod;
  throw new DescriptionError({
    file: lockfile,
    key: '',
    message: `it does not exist, and ${goMod} has requirements. Run: go mod tidy`,
  });
}

/** What a static program alone in an image cannot do. */
function fileNotes(sources: readonly SourceFile[]): readonly string[] {
  const cgo = sources.find(({ content }) => /^import\s+"C"/m.test(content));
  const files = sources.find(({ content }) =>
    /\b(?:ParseFiles|ParseGlob|LoadHTMLGlob|LoadHTMLFiles|http\.Dir|os\.DirFS|StaticFile)\(\s*"(?!\/)/.test(
      content,
    ),
  );
  return [
    ...(cgo
      ? [`${cgo.path} imports "C": the image is built without cgo, so what needs it is left out or fails.`]
      : []),
    ...(files
      ? [
          `${files.path} reads files from its folder, and the image holds the program alone: take them in with go:embed.`,
        ]
      : []),
  ];
}
