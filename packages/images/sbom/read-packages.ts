import { posix } from 'node:path';
import { analyseImage } from '../analyse';
import type { Layout, LayoutImage } from '../layout';
import { parseApkInstalled } from './alpine';
import { parseCopyright, parseDpkgStatus } from './debian';
import { parseOsRelease } from './distribution';
import { isDatabase, type Evidence, type EvidenceMap } from './evidence';
import { kindOf } from './file-kinds';
import { limitsOf } from './limits';
import { isPackageFolder, npmPackage, parsePackageJson } from './npm';
import { PackageObserver } from './package-observer';
import type { Distribution, Inventory, PackageRecord } from './package-record';
import { PackageList } from './package-list';
import { parsePythonMetadata } from './python';
import { programPackage } from './runtimes';

/**
 * Catalogues the packages that a container of an image sees, from the layers as they pass by: no engine, no tool, nothing is unpacked.
 * @throws ImageError where a layer is damaged or hostile
 */
export async function readPackages(layout: Layout, image: LayoutImage): Promise<Inventory> {
  let observer = new PackageObserver();
  await analyseImage(layout, image, 0, observer);
  if (observer.wanted.size > 0) {
    // Hard links to files with names of no meaning: those are read the second time.
    observer = new PackageObserver(observer.wanted);
    await analyseImage(layout, image, 0, observer);
  }
  const { evidence } = observer;
  const distribution = distributionOf(evidence);
  const list = new PackageList();
  for (const [path, found] of evidence.files) {
    const { layer } = found;
    // Read for the sake of another name.
    if (kindOf(path) !== found.kind) continue;
    if (isDatabase(found.kind)) addDatabase(list, evidence, path, distribution);
    else for (const record of packagesIn(found)) list.add(record, { path, layer });
  }
  for (const [link, target] of observer.packageLinks) {
    const path = posix.join(target, 'package.json');
    const found = evidence.files.get(path);
    if (!isPackageFolder(link) || found?.kind !== 'app-package-json') continue;
    const record = parsePackageJson(found.text ?? '');
    if (record) list.add(record, { path, layer: found.layer });
  }
  return { distribution, packages: list.sorted(), limits: limitsOf(evidence.files) };
}

function distributionOf({ files }: EvidenceMap): Distribution | null {
  const found = files.get('etc/os-release') ?? files.get('usr/lib/os-release');
  return found?.text === undefined ? null : parseOsRelease(found.text);
}

/** A package came with the first layer from which on every state of the database has it in this version. */
function addDatabase(
  list: PackageList,
  { files, history }: EvidenceMap,
  path: string,
  distribution: Distribution | null,
): void {
  const states = [...(history.get(path) ?? []), files.get(path)!].map(({ kind, layer, text = '' }) => {
    const parse = kind === 'apk-installed' ? parseApkInstalled : parseDpkgStatus;
    const records = parse(text, distribution);
    return { layer, records, keys: new Set(records.map(keyOf)) };
  });
  for (const record of states.at(-1)!.records) {
    const key = keyOf(record);
    const without = states.findLastIndex(({ keys }) => !keys.has(key));
    const copyright = files.get(`usr/share/doc/${record.name}/copyright`)?.text;
    const licences =
      record.type === 'deb' && copyright !== undefined ? parseCopyright(copyright) : record.licences;
    list.add({ ...record, licences }, { path, layer: states[without + 1]!.layer });
  }
}

function keyOf({ name, version, qualifiers }: PackageRecord): string {
  return [name, version, qualifiers['arch']].join('\0');
}

function packagesIn({ kind, text = '', program, bundled }: Evidence): PackageRecord[] {
  if (kind === 'package-json') return [parsePackageJson(text)].filter((record) => record !== null);
  if (kind === 'python-metadata') return [parsePythonMetadata(text)].filter((record) => record !== null);
  if (bundled) return [...bundled].map(([name, version]) => npmPackage(name, version));
  const programs =
    program?.program && program.version !== null ? [programPackage(program.program, program.version)] : [];
  return [...programs, ...(program?.go?.modules ?? [])];
}
