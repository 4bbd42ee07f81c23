import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from 'ejs';

/** Renders a template by its path in a runtime's folder of templates. They print with `<%-`: nothing is HTML here. */
export type RenderTemplate = (path: string, values: Readonly<Record<string, unknown>>) => string;

/** The templates of a runtime's folder. */
export function templatesIn(folder: string): RenderTemplate {
  return (path, values) => render(readFileSync(join(folder, path), 'utf8'), { ...values });
}
