import { posix } from 'node:path';
import type { IgnoreFacts } from './project-facts';

const nothing: IgnoreFacts = { names: [], paths: [] };

/**
 * Patterns of an ignore file that surely leave files out. Later lines win over earlier ones, so only what stands after the last `!` line
 * counts; what is not understood is taken for a part of the context, which costs a rebuild at most.
 */
export function ignoreFacts(text: string | null): IgnoreFacts {
  if (text === null) return nothing;
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const sure = lines.slice(lines.findLastIndex((line) => line.startsWith('!')) + 1);
  const names: string[] = [];
  const paths: string[] = [];
  for (const line of sure) {
    const name = /^\*\*\/([\w.*-]+)$/.exec(line)?.[1];
    // `!(a|b)` of the globs of Nx takes whole file names.
    if (name && name !== '*' && name.includes('.') && !name.includes('**')) names.push(name);
    else if (/^[\w./@-]+$/.test(line)) paths.push(posix.normalize(`/${line}`).slice(1).replace(/\/$/, ''));
    else if (/^\*\*\/[\w@-]+\/?$/.test(line)) paths.push(line.replace(/\/$/, ''));
  }
  return { names, paths: paths.filter((path) => path !== '') };
}
