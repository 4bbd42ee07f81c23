import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { CommandNotFoundError, run, stream } from './run';

const node = (script: string, ...args: string[]) => ({
  file: process.execPath,
  args: ['-e', script, ...args],
});

describe('run', () => {
  it('collects output and the exit code', async () => {
    const result = await run(node('console.log("out"); console.error("err"); process.exit(3)'));
    expect(result).toEqual({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n', timedOut: false });
  });

  it('hands arguments over untouched by any shell', async () => {
    const hostile = '$(id) `id` "x" \'y\' ; rm -rf * \n';
    const { stdout } = await run(node('process.stdout.write(process.argv[1])', hostile));
    expect(stdout).toBe(hostile);
  });

  it('adds to and removes from the environment', async () => {
    process.env['TOOLBOX_RUN_SPEC'] = 'inherited';
    const script = 'console.log([process.env.TOOLBOX_RUN_SPEC, process.env.ADDED].join("|"))';
    expect((await run(node(script), { env: { ADDED: 'yes' } })).stdout).toBe('inherited|yes\n');
    expect((await run(node(script), { env: { TOOLBOX_RUN_SPEC: undefined } })).stdout).toBe('|\n');
    delete process.env['TOOLBOX_RUN_SPEC'];
  });

  it('writes a string or a stream to standard input', async () => {
    const echo = node('process.stdin.pipe(process.stdout)');
    expect((await run(echo, { input: 'text' })).stdout).toBe('text');
    expect((await run(echo, { input: Readable.from(['a', 'b']) })).stdout).toBe('ab');
  });

  it('reports the exit code of a program that ends before it reads its input', async () => {
    const input = Readable.from(
      (function* () {
        for (let i = 0; i < 200; i++) yield Buffer.alloc(65536);
      })(),
    );
    expect((await run(node('process.exit(7)'), { input })).code).toBe(7);
  });

  it('fails where the input stream fails', async () => {
    const input = new PassThrough();
    const ran = run(node('process.stdin.resume()'), { input });
    input.write('x');
    setTimeout(() => input.destroy(new Error('the archive is broken')), 50);
    await expect(ran).rejects.toThrow('the archive is broken');
  });

  it('ends the whole process group after the time limit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'toolbox-run-'));
    const file = join(folder, 'pid');
    const script = `
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      require('fs').writeFileSync(${JSON.stringify(file)}, String(child.pid));
      setInterval(() => {}, 1000);`;
    const result = await run(node(script), { timeoutMs: 1500 });
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: true });
    const pid = Number(readFileSync(file, 'utf8'));
    await expectGone(pid);
    rmSync(folder, { recursive: true });
  });

  it('leaves a program in its own group only where it is told to', async () => {
    const script =
      'console.log(require("fs").readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ")[2])';
    const own = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')[2];
    expect((await run(node(script), { sharesGroup: true })).stdout.trim()).toBe(own);
    expect((await run(node(script))).stdout.trim()).not.toBe(own);
    const slow = node('setInterval(() => {}, 1000)');
    expect(await run(slow, { sharesGroup: true, timeoutMs: 500 })).toMatchObject({
      signal: 'SIGTERM',
      timedOut: true,
    });
  });

  it('ends when the signal aborts', async () => {
    const abort = new AbortController();
    const ran = run(node('setInterval(() => {}, 1000)'), { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    expect(await ran).toMatchObject({ signal: 'SIGTERM', timedOut: false });
  });

  it('hands SIGTERM of this process on and leaves no listener behind', async () => {
    const before = process.listenerCount('SIGTERM');
    const ran = run(
      node('process.on("SIGTERM", () => process.exit(9)); console.log("up"); setInterval(() => {}, 1000)'),
      {
        onLine: () => process.emit('SIGTERM', 'SIGTERM'),
      },
    );
    expect((await ran).code).toBe(9);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it('says so in one line where the program is missing', async () => {
    await expect(run({ file: 'no-such-program-here', args: [] })).rejects.toThrow(
      new CommandNotFoundError('no-such-program-here'),
    );
  });

  it('does not blame the program for a missing working folder', async () => {
    await expect(run(node('0'), { cwd: '/no/such/folder' })).rejects.toThrow(
      '/no/such/folder does not exist.',
    );
  });

  it('redacts secrets in output, lines and dry runs, also when a chunk ends inside one', async () => {
    const lines: string[] = [];
    const script =
      'process.stdout.write("a hun"); setTimeout(() => process.stdout.write("ter2 b\\nhunter2longer\\n"), 50)';
    const secrets = ['hunter2', 'hunter2longer'];
    const { stdout } = await run(node(script), { secrets, onLine: (line) => lines.push(line) });
    expect(stdout).toBe('a *** b\n***\n');
    expect(lines).toEqual(['a *** b', '***']);
    const printed = await captured(() =>
      run({ file: 'login', args: ['--password=hunter2'] }, { secrets, dryRun: true }),
    );
    expect(printed).toBe("login '--password=***'\n");
  });

  it('streams to the terminal what it collects', async () => {
    const printed = await captured(async () => {
      const { stdout } = await run(node('console.log("seen")'), { output: 'both' });
      expect(stdout).toBe('seen\n');
    });
    expect(printed).toBe('seen\n');
  });
});

describe('stream', () => {
  it('hands out standard output and the end', async () => {
    const { stdout, done } = stream(
      node('process.stdout.write("abc"); console.error("why"); process.exit(2)'),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of stdout) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('abc');
    expect(await done).toMatchObject({ code: 2, stderr: 'why\n' });
  });
});

async function captured(action: () => Promise<unknown>): Promise<string> {
  const parts: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    parts.push(String(text));
    return true;
  });
  try {
    await action();
  } finally {
    write.mockRestore();
  }
  return parts.join('');
}

async function expectGone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt++) {
    try {
      process.kill(pid, 0);
      const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
      if (state === 'Z') return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`process ${pid} is still there`);
}
