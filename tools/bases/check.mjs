/**
 * Runs each base image in a real container and looks at what generated Dockerfiles rely on.
 *
 *   node tools/bases/check.mjs          those that `ensure.mjs` makes by default
 *   node tools/bases/check.mjs --all    every image of the catalogue
 *
 * Real images and stand-ins go through the same checks. The last line says `N passed, N failed`.
 */
import { join } from 'node:path';
import { ensureEngine } from '../engine/ensure.mjs';
import { tryRun } from '../engine/run.mjs';
import { allKeys, baseImage, defaultKeys } from './catalogue.mjs';
import { ensureBases } from './ensure.mjs';

const FINAL = {
  slim: [
    ['Debian', ['cat', '/etc/os-release'], /^ID=debian$/m],
    ['package database', ['dpkg-query', '-W', 'libc6'], /^libc6/],
    ['shell and ldd', ['bash', '-c', 'ldd /bin/ls'], /libc\.so\.6 => \//],
  ],
  alpine: [
    ['Alpine', ['cat', '/etc/os-release'], /^ID=alpine$/m],
    [
      'accounts can be added',
      ['sh', '-c', 'addgroup -g 1001 app && adduser -u 1001 -G app -S -D -H app && id app'],
      /uid=1001\(app\) gid=1001\(app\)/,
    ],
    ['package database', ['cat', '/lib/apk/db/installed'], /^P:/m],
  ],
};

/** A native library is loaded by running node at all; a time zone and TLS by what follows. */
function nodeChecks({ tag, major }) {
  const version = tag.split('-')[0];
  return [
    ['node', ['node', '-p', 'process.version'], new RegExp(`^v${version}$`, 'm')],
    ['entry point takes options', ['-p', '40 + 2'], /^42$/m],
    ['npm', ['npm', '--version'], /^\d+\.\d+\.\d+/m],
    ['shared libraries', ['ldd', '/usr/local/bin/node'], /libstdc\+\+\.so\.6 => \//],
    ['certificates built in', ['-p', "require('node:tls').rootCertificates.length > 100"], /^true$/m],
    [
      'user node',
      ['sh', '-c', 'id node; echo $NODE_VERSION'],
      new RegExp(`uid=1000\\(node\\) gid=1000\\(node\\)[^]*${version}`),
    ],
    ...(major < 26
      ? [
          ['yarn', ['sh', '-c', 'yarn --version; echo $YARN_VERSION'], /^1\.22\.\d+\n1\.22/m],
          ['corepack', ['corepack', '--version'], /^\d+\.\d+/m],
        ]
      : [['no yarn, no corepack', ['sh', '-c', 'command -v yarn corepack || echo none'], /^none$/m]]),
  ];
}

async function main(args) {
  const keys = args.includes('--all') ? allKeys() : defaultKeys();
  const engine = await ensureEngine({ log: console.log });
  if (!engine.dockerBin) throw new Error(engine.why);
  await ensureBases({ ...engine, keys, log: console.log });
  const docker = join(engine.dockerBin, 'docker');
  const counts = { passed: 0, failed: 0 };
  for (const image of keys.map(baseImage)) {
    for (const [what, command, expected] of [
      ...(image.runtime === 'node' ? nodeChecks(image) : []),
      ...FINAL[image.family],
    ]) {
      const { ok, stdout, stderr } = tryRun(
        docker,
        ['run', '--rm', '--network', 'none', image.name, ...command],
        { env: engine.env },
      );
      const passed = ok && expected.test(stdout);
      counts[passed ? 'passed' : 'failed'] += 1;
      if (!passed) console.error(`${image.name}: ${what}: ${(stderr || stdout).trim().split('\n').at(-1)}`);
    }
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (status) => (process.exitCode = status),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
