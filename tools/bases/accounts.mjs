/** A user of its own in the account files of an image. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../engine/run.mjs';
import { LAYER_DAY } from './layer.mjs';

/**
 * A layer holds whole files: the base's own account files are taken out of it, and get one line more.
 * @param {{ file: string }} base the layer below
 * @param {{ name: string, id: number, home: string, shell: string }} user `id`: of the user and of its group
 */
export function addAccount(root, base, { name, id, home, shell }) {
  const lines = {
    passwd: `${name}:x:${id}:${id}::${home}:${shell}`,
    group: `${name}:x:${id}:`,
    shadow: `${name}:!:${LAYER_DAY}:0:99999:7:::`,
  };
  const names = Object.keys(lines);
  run('tar', ['-xzf', base.file, '-C', root, ...names.map((file) => `./etc/${file}`)]);
  for (const file of names) appendFileSync(join(root, 'etc', file), `${lines[file]}\n`);
}
