import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { readRecord } from '../../packages/images/record';
import type { SignedImage } from '../../packages/signing/verify';
import { imageRepositories } from '../image-repositories';
import { imageFolder, projectOf, type TaskProject } from '../project-image';
import { resolveSignatures, type SignatureSettings } from '../signature';
import type { SignExecutorSchema } from './schema.gen';
import { readStatements, type Statement } from './statements';

/** One task, decided: nothing below reads an option again. */
export interface SignPlan {
  readonly project: TaskProject;
  /** Digest of the image, the same in every repository. */
  readonly digest: string;
  readonly targets: readonly SignTarget[];
  readonly settings: SignatureSettings;
  readonly insecure: readonly string[];
  /** Null: what is there is verified, nothing is made. */
  readonly statements: readonly Statement[] | null;
}

/** The image in one of its repositories. */
export interface SignTarget {
  readonly registry: string;
  /** Path inside the registry. */
  readonly repository: string;
  readonly image: SignedImage;
}

/** @throws TargetError, ImageError, RegistryError */
export function planSign(options: SignExecutorSchema, context: ExecutorContext): SignPlan {
  const { root } = context;
  const project = projectOf(context);
  const purpose = options.check ? 'verify' : 'sign';
  const settings = resolveSignatures(options, project, root, purpose);
  const folder = join(root, imageFolder(project, options.image, 'image'));
  const record = readRecord(folder, project.name);
  const insecure = (options.insecureRegistries ?? []).map((registry) => registry.toLowerCase());
  const targets = [...imageRepositories(options.repository, record, project)].map(([name, [reference]]) => ({
    registry: reference!.registry,
    repository: reference!.repository,
    image: {
      reference: `${name}@${record.digest}`,
      insecure: insecure.includes(reference!.registry),
      transparencyLog: settings.transparencyLog,
    },
  }));
  const statements = options.check
    ? null
    : readStatements(settings.attestations, folder, record, project.name, root);
  return { project, digest: record.digest, targets, settings, insecure, statements };
}
