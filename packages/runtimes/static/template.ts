import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from 'ejs';

/** Renders a template of this folder's `files`; `path` is relative to it. Templates print with `<%-`: nothing is HTML here. */
export function renderTemplate(path: string, values: Readonly<Record<string, unknown>>): string {
  return render(readFileSync(join(__dirname, 'files', path), 'utf8'), { ...values });
}
