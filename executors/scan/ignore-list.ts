import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { TargetError } from '../mistakes';

/** A finding that somebody has accepted, for a reason, until a day. */
export interface IgnoreEntry {
  /** Id of a vulnerability or of the audit's kind of finding. */
  readonly id: string;
  /** Only of this package, or at this path in the image. */
  readonly package?: string;
  readonly path?: string;
  readonly reason: string;
  /** Last day, `YYYY-MM-DD`. */
  readonly expires: string;
}

const keys = ['id', 'package', 'path', 'reason', 'expires'];

/**
 * Reads a list of accepted findings.
 * @param file relative to the workspace root
 * @param today `YYYY-MM-DD`
 * @throws TargetError for an entry that is malformed, has no reason, or has expired
 */
export function readIgnoreList(root: string, file: string, today: string): readonly IgnoreEntry[] {
  if (!existsSync(join(root, file))) throw new TargetError(`${file}: does not exist.`);
  const document = parseDocument(readFileSync(join(root, file), 'utf8'), { schema: 'core' });
  const [broken] = document.errors;
  if (broken) throw new TargetError(`${file}: is not YAML: ${broken.message.split('\n')[0]}`);
  const value = (document.toJS() ?? []) as unknown;
  if (!Array.isArray(value))
    throw new TargetError(
      `${file}: is not a list. Write entries such as: - { id: CVE-2026-1, reason: …, expires: 2026-12-31 }`,
    );
  return value.map((entry: unknown, at) => checkEntry(entry, `${file}: entry ${at + 1}`, today));
}

function checkEntry(entry: unknown, where: string, today: string): IgnoreEntry {
  if (typeof entry !== 'object' || entry === null)
    throw new TargetError(`${where}: is not a mapping with id, reason and expires.`);
  const fields = entry as Record<string, unknown>;
  const unknown = Object.keys(fields).find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw new TargetError(`${where}: ${unknown}: unknown key. Use ${keys.join(', ')}.`);
  const wrong = Object.keys(fields).find((key) => typeof fields[key] !== 'string');
  if (wrong !== undefined) throw new TargetError(`${where}: ${wrong}: is not a text.`);
  const { id = '', reason = '', expires = '' } = fields as unknown as Partial<IgnoreEntry>;
  if (id.trim() === '') throw new TargetError(`${where}: has no id.`);
  if (reason.trim() === '') throw new TargetError(`${where} (${id}): has no reason. Say why it is accepted.`);
  if (!isDay(expires))
    throw new TargetError(
      `${where} (${id}): expires: ${JSON.stringify(expires)} is not a day such as 2026-12-31.`,
    );
  if (expires < today)
    throw new TargetError(
      `${where} (${id}): expired on ${expires}. Fix the finding, or decide anew and move the day.`,
    );
  return fields as unknown as IgnoreEntry;
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text)
  );
}
