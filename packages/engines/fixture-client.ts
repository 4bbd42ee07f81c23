import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildRequest, Engine } from './engine';
import { openEngine } from './engines';

/** One answer of a made-up client: the first whose pattern matches the arguments counts. */
export interface Answer {
  readonly when: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Content for the file that follows `--metadata-file` or `--iidfile`. */
  readonly file?: string;
}

const program = `#!${process.execPath}
const fs = require('node:fs');
const folder = __dirname;
const args = process.argv.slice(2);
fs.appendFileSync(folder + '/log', JSON.stringify(args) + '\\n');
const answers = JSON.parse(fs.readFileSync(folder + '/answers', 'utf8'));
const answer = answers.find(({ when }) => new RegExp(when).test(args.join(' '))) ?? { code: 99, stderr: 'unexpected: ' + args.join(' ') };
const at = args.findIndex((arg) => arg === '--metadata-file' || arg === '--iidfile');
if (answer.file && at >= 0) fs.writeFileSync(args[at + 1], answer.file);
fs.writeSync(2, answer.stderr ?? '');
fs.writeSync(1, answer.stdout ?? '');
if (args[0] === 'load') process.stdin.resume().on('end', () => process.exit(answer.code ?? 0));
else process.exit(answer.code ?? 0);
`;

/** An engine's client on PATH that writes down its arguments and answers as it was told. */
export class FixtureClient {
  readonly folder = mkdtempSync(join(tmpdir(), 'toolbox-engine-'));
  private readonly path = process.env['PATH'];

  constructor(private readonly client: 'docker' | 'podman') {}

  /** An engine whose only client on PATH gives these answers. */
  engine(answers: readonly Answer[], name = 'bin'): Engine {
    process.env['PATH'] = this.install(name, answers);
    return openEngine(this.client, { memoryFile: join(this.folder, 'memory.json'), pluginFolders: [] });
  }

  install(name: string, answers: readonly Answer[]): string {
    const bin = join(this.folder, name);
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, this.client), program, { mode: 0o755 });
    writeFileSync(join(bin, 'answers'), JSON.stringify(answers));
    return bin;
  }

  /** Arguments of every call, in order. */
  calls(name = 'bin'): string[][] {
    const log = join(this.folder, name, 'log');
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as string[]);
  }

  remove(): void {
    process.env['PATH'] = this.path;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A plain build; a spec says what it is about. */
export function buildRequest(more: Partial<BuildRequest> & Pick<BuildRequest, 'layout'>): BuildRequest {
  return {
    context: '/ws',
    dockerfile: '/ws/apps/api/Dockerfile',
    dockerfileName: 'apps/api/Dockerfile',
    buildArgs: {},
    labels: {},
    secrets: [],
    platforms: [],
    cacheFrom: [],
    cacheTo: [],
    sourceDateEpoch: 0,
    progress: 'auto',
    ...more,
  };
}
