/**
 * A real browser for tests: Debian's Chromium.
 *
 *   node tools/browser/ensure.mjs     installs it where it is missing, and prints its program
 *
 * TOOLBOX_BROWSER names another Chromium or Chrome.
 */
import { existsSync } from 'node:fs';
import { withLock } from '../engine/lock.mjs';
import { cannotInstall, installPackages } from '../engine/packages.mjs';

const program = '/usr/bin/chromium';
/** Without a font of its own a fresh machine shows no text. */
const packages = ['chromium', 'fonts-dejavu-core'];
const chosen = process.env.TOOLBOX_BROWSER;

try {
  console.log(chosen || (await withLock('engine', ensure)));
} catch (error) {
  console.error(`No browser for the tests: ${error.message}.`);
  process.exitCode = 1;
}

function ensure() {
  if (existsSync(program)) return program;
  const hindrance = cannotInstall();
  if (hindrance) throw new Error(`${hindrance}. Name a Chromium in TOOLBOX_BROWSER`);
  installPackages(packages);
  return program;
}
