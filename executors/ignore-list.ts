import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { listChoices } from '../packages/service/choices';
import { TargetError } from './mistakes';
import { insideWorkspace, type TaskProject } from './project-image';

/** A finding that somebody has accepted, for a reason, until a day. `Narrowing` are keys that say of what only. */
export type IgnoreEntry<Narrowing extends string> = {
  /** Id of a vulnerability or of a kind of finding. */
  readonly id: string;
  readonly reason: string;
  /** Last day, `YYYY-MM-DD`; empty in lists whose entries do not expire. */
  readonly expires: string;
} & { readonly [Key in Narrowing]?: string };

/** What the entries of a list may say. */
export interface IgnoreListForm<Narrowing extends string> {
  readonly narrowing: readonly Narrowing[];
  /** `YYYY-MM-DD`. Null for the list of a cached target, whose result may not depend on the day: its entries do not expire. */
  readonly today: string | null;
}

/**
 * Reads the lists of accepted findings of a project: those that are named (the option `ignore`) have to be there, the usual ones may be.
 * @param form its `usual` files are relative to the workspace root, as the named ones are
 * @throws TargetError for a file that is missing, and for an entry that is malformed, has no reason, or has expired
 */
export function readIgnoreLists<Narrowing extends string>(
  root: string,
  project: TaskProject,
  named: readonly string[] | undefined,
  { usual, ...form }: IgnoreListForm<Narrowing> & { readonly usual: readonly string[] },
): readonly IgnoreEntry<Narrowing>[] {
  const files = named ?? usual.filter((file) => existsSync(join(root, file)));
  return files.flatMap((file) => readIgnoreList(root, insideWorkspace(file, project, 'ignore'), form));
}

function readIgnoreList<Narrowing extends string>(
  root: string,
  file: string,
  form: IgnoreListForm<Narrowing>,
): readonly IgnoreEntry<Narrowing>[] {
  if (!existsSync(join(root, file))) throw new TargetError(`${file}: does not exist.`);
  const document = parseDocument(readFileSync(join(root, file), 'utf8'), { schema: 'core' });
  const [broken] = document.errors;
  if (broken) throw new TargetError(`${file}: is not YAML: ${broken.message.split('\n')[0]}`);
  const value = (document.toJS() ?? []) as unknown;
  if (!Array.isArray(value))
    throw new TargetError(
      `${file}: is not a list. Write entries such as: - { ${form.today === null ? 'id: image-latest, reason: …' : 'id: CVE-2026-1, reason: …, expires: 2026-12-31'} }`,
    );
  return value.map((entry: unknown, at) => checkEntry(entry, `${file}: entry ${at + 1}`, form));
}

function checkEntry<Narrowing extends string>(
  entry: unknown,
  where: string,
  { narrowing, today }: IgnoreListForm<Narrowing>,
): IgnoreEntry<Narrowing> {
  const needed = ['id', 'reason', ...(today === null ? [] : ['expires'])];
  if (typeof entry !== 'object' || entry === null)
    throw new TargetError(`${where}: is not a mapping with ${listChoices(needed).replace(' or ', ' and ')}.`);
  const fields = entry as Record<string, unknown>;
  const keys: readonly string[] = [...needed, ...narrowing];
  const unknown = Object.keys(fields).find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw new TargetError(`${where}: ${unknown}: unknown key. Use ${listChoices(keys)}.`);
  const wrong = Object.keys(fields).find((key) => typeof fields[key] !== 'string');
  if (wrong !== undefined) throw new TargetError(`${where}: ${wrong}: is not a text.`);
  const { id = '', reason = '', expires = '' } = fields as Partial<IgnoreEntry<never>>;
  if (id.trim() === '') throw new TargetError(`${where}: has no id.`);
  if (reason.trim() === '') throw new TargetError(`${where} (${id}): has no reason. Say why it is accepted.`);
  if (today !== null) checkDay(expires, today, `${where} (${id})`);
  return { expires, ...fields } as IgnoreEntry<Narrowing>;
}

function checkDay(expires: string, today: string, where: string): void {
  if (!isDay(expires))
    throw new TargetError(`${where}: expires: ${JSON.stringify(expires)} is not a day such as 2026-12-31.`);
  if (expires < today)
    throw new TargetError(
      `${where}: expired on ${expires}. Fix the finding, or decide anew and move the day.`,
    );
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text)
  );
}
