import { CommandNotFoundError, run } from '../process/run';
import type { Command, RunResult } from '../process/types';
import { grype } from './grype';
import { notScanned, ScannerError, type ScanRequest, type ScanResult, type Scanner } from './scanner';
import { trivy } from './trivy';

export interface ScannerCall extends ScanRequest {
  /** `auto`: the first of trivy and grype that is installed. */
  readonly scanner: 'auto' | Scanner['name'];
  /** Seconds after which the scanner is ended. */
  readonly timeout: number;
  /** Turns the scanner's arguments into the command of a container; null: the program on PATH. */
  readonly container: ((args: readonly string[]) => Command) | null;
}

const scanners: Readonly<Record<Scanner['name'], Scanner>> = { trivy, grype };

/**
 * Scans an OCI layout.
 * @throws ScannerError where no scanner is installed, or it fails, hangs, has no database, or writes what cannot be read
 */
export async function runScanner(call: ScannerCall): Promise<ScanResult> {
  const candidates =
    call.scanner === 'auto' ? [trivy, ...(call.server === null ? [grype] : [])] : [scanners[call.scanner]];
  for (const scanner of candidates) {
    const args = scanner.arguments(call);
    const command = call.container?.(args) ?? { file: scanner.name, args };
    try {
      const ran = await run(command, { cwd: call.layout, timeoutMs: call.timeout * 1000 });
      return scanner.parse(outputOf(scanner.name, ran, call.timeout));
    } catch (error) {
      if (!(error instanceof CommandNotFoundError)) throw error;
    }
  }
  const names = call.container ? 'The engine' : candidates.map(({ name }) => name).join(' and ');
  throw new ScannerError(
    `${names} ${candidates.length > 1 ? 'are' : 'is'} not installed (not on PATH). Install one, name a container (--scannerImage) or, to audit without it, --scanner=none. ${notScanned}`,
  );
}

/** What a scanner that ended well wrote. Its exit code is 0 whatever it finds: the gate is ours. */
function outputOf(name: string, ran: RunResult, timeout: number): string {
  if (ran.timedOut)
    throw new ScannerError(`${name}: had not ended after ${timeout} s (--timeout). ${notScanned}`);
  if (ran.code !== 0) {
    const how = ran.code === null ? `was ended by ${ran.signal}` : `ended with ${ran.code}`;
    throw new ScannerError(`${name}: ${how}: ${reasonIn(ran.stderr)} ${notScanned}`);
  }
  return ran.stdout;
}

/** The last line of what a scanner said that is an error, else the last at all; without colours and times. */
function reasonIn(stderr: string): string {
  const lines = stderr
    // eslint-disable-next-line no-control-regex -- colours are what is looked for
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = lines.findLast((text) => /error|fatal|fail|unable/i.test(text)) ?? lines.at(-1);
  if (line === undefined) return 'it did not say why.';
  const text = line.replace(/^(\S*\d{4}-\d\d-\d\dT\S+|\[\d+\])\s+/, '').replace(/\s+/g, ' ');
  return `${text.length > 400 ? `${text.slice(0, 397)}...` : text}${/[.!]$/.test(text) ? '' : '.'}`;
}
