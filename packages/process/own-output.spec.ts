import { spawnSync } from 'node:child_process';
import { buildSync } from 'esbuild';

/** Runs a script in a process of its own: jest replaces the console and the streams of this one. */
function run(script: string): { stdout: string; stderr: string; own: Record<string, string> } {
  const contents = `
    import { writeSync } from 'node:fs';
    import { withOwnOutput } from './own-output';
    import { run } from './run';
    const own: Record<string, string> = {};
    const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
    const into = (name: string, action: () => Promise<void>) =>
      withOwnOutput((text) => void (own[name] = (own[name] ?? '') + text), action);
    const script = async () => {${script}};
    void script().then(() => writeSync(3, JSON.stringify(own)));
  `;
  const stdin = { contents, loader: 'ts', resolveDir: __dirname } as const;
  const [program] = buildSync({ stdin, bundle: true, platform: 'node', write: false }).outputFiles;
  const { stdout, stderr, output } = spawnSync(process.execPath, ['-e', program!.text], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  return { stdout, stderr, own: JSON.parse(output[3] || '{}') as Record<string, string> };
}

it('keeps apart what actions at once and their programs write, and leaves the rest alone', () => {
  const { stdout, stderr, own } = run(`
    console.log('before');
    const late = 'console.log(process.argv[1]); setTimeout(() => console.error("late"), 30)';
    const task = (name: string) => into(name, async () => {
      console.log(name + ' 1');
      await wait(20);
      process.stderr.write(name + ' 2\\n');
      await run({ file: process.execPath, args: ['-e', late, name + ' 3'] }, { output: 'both' });
      await new Promise<void>((done) => void process.stdout.write(name + ' 4\\n', () => done()));
    });
    await Promise.all([task('a'), task('b'), wait(10).then(() => console.log('between'))]);
    console.error('after');
  `);
  const lines = (name: string) => `${name} 1\n${name} 2\n${name} 3\nlate\n${name} 4\n`;
  expect(own).toEqual({ a: lines('a'), b: lines('b') });
  expect(stdout).toBe('before\nbetween\n');
  expect(stderr).toBe('after\n');
});
