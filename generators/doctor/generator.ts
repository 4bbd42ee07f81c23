import { NX_VERSION, readNxJson, type Tree } from '@nx/devkit';
import { engineChecks } from '../../packages/doctor/engine-checks';
import { machineChecks } from '../../packages/doctor/machine-checks';
import { workspaceChecks } from '../../packages/doctor/workspace-checks';
import { parseReference } from '../../packages/registry/reference';
import { resolvePluginOptions } from '../../packages/service/resolve-plugin-options';
import { isRegistered, pluginName, readPluginOptions } from '../../packages/workspace/plugin-entry';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { contextOf } from '../output-context';
import { formatFindings } from './report';
import type { DoctorGeneratorSchema } from './schema.gen';

const lockfiles = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'];

/** Something must be mended; what has been printed. */
export class UnwellError extends Error {
  override readonly name = 'UnwellError';
}

/**
 * `nx g toolbox:doctor`: changes nothing.
 * @throws UnwellError where a finding is a problem, DescriptionError where the plugin's options are wrong
 */
export default async function doctorGenerator(
  tree: Tree,
  { json = false }: DoctorGeneratorSchema,
): Promise<void> {
  const options = resolvePluginOptions(readPluginOptions(tree));
  const checks = [
    ...workspaceChecks({
      nodeVersion: process.versions.node,
      nxVersion: NX_VERSION,
      isRegistered: isRegistered(tree),
      isSynced: (readNxJson(tree)?.sync?.globalGenerators ?? []).includes(`${pluginName}:sync`),
      hasLockfile: lockfiles.some((file) => tree.exists(file)),
      services: () => contextOf(tree, readDescriptions(tree)).services.map(({ name }) => name),
    }),
    ...engineChecks(options),
    ...machineChecks({ root: tree.root, registry: registryOf(tree) }),
  ];
  const findings = await Promise.all(checks.map((check) => check()));
  process.stdout.write(`${json ? JSON.stringify(findings, null, 2) : formatFindings(findings)}\n`);
  const problems = findings.filter(({ severity }) => severity === 'problem').map(({ id }) => id);
  if (problems.length > 0) throw new UnwellError(`To be mended: ${problems.join(', ')}.`);
}

/** Host of the registry that the stack names; a description with mistakes is another check's business. */
function registryOf(tree: Tree): string | null {
  try {
    const { registry } = readDescriptions(tree).stack;
    return registry === '' ? null : parseReference(`${registry}/x`).registry;
  } catch {
    return null;
  }
}
