import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installTemplate, template } from './workspace';

/** Packs the built plugin once and installs it once; every suite then copies that workspace. */
export default function pack(): void {
  const root = join(__dirname, '..');
  const out = join(root, 'packages', 'toolbox');
  if (!existsSync(join(out, 'dist', 'plugin.js'))) {
    execFileSync(process.execPath, [join(root, 'tools', 'build', 'build.mjs')], {
      cwd: root,
      stdio: 'inherit',
    });
  }
  const folder = join(root, 'tmp', 'pack');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['pack', '--pack-destination', folder, '--silent'], {
    cwd: out,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (!tarball) throw new Error('npm pack made no tarball');
  renameSync(join(folder, tarball), join(folder, 'toolbox.tgz'));
  installTemplate(join(folder, 'toolbox.tgz'), template);
}
