/**
 * `npm test`: everything, on a fresh machine. Installs the dependencies, gets a container engine and base images,
 * then runs, in this order: format and lint, types, generated files, unit tests, e2e.
 *
 *   npm test                     all of it
 *   npm test -- --unit           what needs no engine
 *   npm test -- --e2e NAME …     only the e2e suites whose file name contains one of the words
 *
 * A step that cannot run is a failure, never a skip. The last line says `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const args = process.argv.slice(2);
const only = args.includes('--e2e') ? args.slice(args.indexOf('--e2e') + 1) : null;
const unitOnly = args.includes('--unit');
/** Images that the suite of all runtimes needs beside the default ones. */
const ofTheStack = ['python-3.13-slim', 'nginx-alpine', 'golang-1.26', 'postgres-17', 'redis-8'];
const results = { passed: 0, failed: 0 };
const started = Date.now();
const tmp = join(root, 'tmp', 'test');

rmSync(tmp, { recursive: true, force: true });
mkdirSync(tmp, { recursive: true });

installDependencies();
if (!only) {
  step('format', bin('prettier'), ['--check', '.']);
  step('lint', bin('eslint'), ['.']);
  step('types', bin('typescript', 'tsc'), ['-p', 'tsconfig.json', '--noEmit']);
  step("types of the reports' script", bin('typescript', 'tsc'), ['-p', 'packages/report/client']);
  step('generated files are current', process.execPath, ['tools/generate/generate.mjs', '--check']);
  suite('unit', ['--config', 'jest.config.js']);
}
if (!unitOnly) {
  if (step('build', process.execPath, ['tools/build/build.mjs'])) {
    const engine = await prepareEngine();
    if (engine) suite('e2e', ['--config', 'e2e/jest.config.js', ...chosen()], engine.env);
  }
}
finish();

/** The suites whose file name, not the folder of the checkout, contains one of the words. */
function chosen() {
  return (only ?? []).map((word) => `--testPathPatterns=e2e/[^/]*${word}[^/]*$`);
}

/**
 * `npm ci` refuses a lockfile that a registry without the packages of other platforms made (it misses them); `npm install --no-save` takes the
 * locked versions all the same and writes nothing back.
 */
function installDependencies() {
  const marker = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('== dependencies: npm install, as locked');
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    results.failed += 1;
    finish();
  }
}

/** Engine and base images, or null with the reason printed and counted as a failure. */
async function prepareEngine() {
  console.log('== engine and base images');
  const began = Date.now();
  try {
    const { ensureEngine } = await import('../engine/ensure.mjs');
    const { ensureBases } = await import('../bases/ensure.mjs');
    const { defaultKeys } = await import('../bases/catalogue.mjs');
    const log = (line) => console.log(`   ${line}`);
    const engine = await ensureEngine({ log });
    if (!engine.dockerBin) throw new Error(engine.why ?? 'no container engine');
    await ensureBases({
      dockerBin: engine.dockerBin,
      env: engine.env,
      log,
      keys: [...defaultKeys(), ...ofTheStack],
    });
    report('engine and base images', true, began);
    return engine;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    report('engine and base images', false, began);
    return null;
  }
}

function bin(name, file = name) {
  const { bin: bins } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  return join(root, 'node_modules', name, typeof bins === 'string' ? bins : bins[file]);
}

function step(name, file, stepArgs, env = {}) {
  console.log(`== ${name}`);
  const began = Date.now();
  const command = file === process.execPath ? [file, ...stepArgs] : [process.execPath, file, ...stepArgs];
  const { status } = spawnSync(command[0], command.slice(1), {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  report(name, status === 0, began);
  return status === 0;
}

/** A jest run; its tests are counted one by one. */
function suite(name, jestArgs, env = {}) {
  const json = join(tmp, `${name}.json`);
  console.log(`== ${name}`);
  const began = Date.now();
  const { status } = spawnSync(
    process.execPath,
    [bin('jest'), ...jestArgs, '--ci', '--json', `--outputFile=${json}`],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    },
  );
  if (!existsSync(json)) return report(name, false, began);
  const counts = JSON.parse(readFileSync(json, 'utf8'));
  results.passed += counts.numPassedTests;
  results.failed += counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  if (skipped > 0) {
    console.error(`${name}: ${skipped} tests were skipped; a skipped test is a failure here.`);
    results.failed += skipped;
  }
  if (counts.numTotalTests === 0 || (status !== 0 && counts.success)) results.failed += 1;
  console.log(`   ${name}: ${seconds(began)} s`);
}

function report(name, ok, began) {
  results[ok ? 'passed' : 'failed'] += 1;
  console.log(`   ${name}: ${ok ? 'ok' : 'FAILED'}, ${seconds(began)} s`);
}

function seconds(began) {
  return ((Date.now() - began) / 1000).toFixed(1);
}

function finish() {
  console.log(`\n== ${seconds(started)} s`);
  console.log(`${results.passed} passed, ${results.failed} failed`);
  process.exit(results.failed === 0 && results.passed > 0 ? 0 : 1);
}
