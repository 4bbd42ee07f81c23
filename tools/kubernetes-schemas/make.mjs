/**
 * Makes the tables of schemas that k8s-validate ships with, from the official Go modules of Kubernetes and of the projects in versions.json:
 *
 *   node tools/kubernetes-schemas/make.mjs             writes packages/manifests/schemas/files/*.json.gz
 *   node tools/kubernetes-schemas/make.mjs --check     compares only, and fails where they are not what is there
 *
 * A new Kubernetes version: add it to versions.json and run this.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { makeBuiltInTable } from './built-in.mjs';
import { makeCustomTable } from './custom.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '../../packages/manifests/schemas/files');
const { kubernetes, customResources } = JSON.parse(readFileSync(join(here, 'versions.json'), 'utf8'));
const isCheck = process.argv.includes('--check');

mkdirSync(folder, { recursive: true });
try {
  keep('built-in.json.gz', makeBuiltInTable(kubernetes));
  keep('custom.json.gz', makeCustomTable(customResources));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function keep(name, table) {
  const file = join(folder, name);
  const text = JSON.stringify(table);
  // Compared unpacked: another zlib packs the same text into other bytes.
  const isSame = existsSync(file) && gunzipSync(readFileSync(file)).toString() === text;
  if (!isSame && isCheck) {
    console.error(`${name} is not what the modules say. Run node tools/kubernetes-schemas/make.mjs`);
    process.exitCode = 1;
    return;
  }
  if (!isSame) writeFileSync(file, gzipSync(text, { level: 9 }));
  console.log(
    `${name}: ${text.length} bytes, ${readFileSync(file).length} packed${isSame ? ', unchanged' : ''}`,
  );
}
