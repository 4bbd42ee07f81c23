import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAfterwards } from './afterwards';

const folder = mkdtempSync(join(tmpdir(), 'toolbox-afterwards-'));
const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });

afterAll(() => {
  owner.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('runs its commands when the process is gone, and not before', async () => {
  const files = ['one', 'two'].map((name) => join(folder, name));
  const write = 'require("fs").writeFileSync(process.argv[1], "")';
  await runAfterwards(
    [
      { file: process.execPath, args: ['-e', write, files[0]!] },
      { file: 'no-such-program-here', args: [] },
      { file: process.execPath, args: ['-e', write, files[1]!] },
    ],
    '',
    owner.pid,
  );
  await sleep(600);
  expect(files.map((file) => existsSync(file))).toEqual([false, false]);
  owner.kill('SIGKILL');
  await once(owner, 'close');
  for (let attempt = 0; attempt < 300 && !existsSync(files[1]!); attempt++) await sleep(50);
  expect(files.map((file) => existsSync(file))).toEqual([true, true]);
}, 30_000);

it('runs nothing once its marker is gone', async () => {
  const [marker, off, on] = ['marker', 'off', 'on'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const write = 'require("fs").writeFileSync(process.argv[1], "")';
  const commandFor = (file: string) => [{ file: process.execPath, args: ['-e', write, file] }];
  const second = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync(marker, '');
  await runAfterwards(commandFor(on), marker, second.pid);
  await runAfterwards(commandFor(off), join(folder, 'no-such-marker'), second.pid);
  second.kill('SIGKILL');
  for (let attempt = 0; attempt < 300 && existsSync(marker); attempt++) await sleep(50);
  // The marker goes last.
  expect([on, off, marker].map((file) => existsSync(file))).toEqual([true, false, false]);
}, 30_000);
