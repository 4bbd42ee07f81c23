import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { redactor } from '../process/redact';
import { CommandNotFoundError, run } from '../process/run';
import type { RunResult } from '../process/types';
import { SigningError } from './signing-error';

export interface CosignSetUp {
  /** Password of the private key; null where the key has none or none is needed. */
  readonly password: string | null;
  /** Certificate authorities, in PEM, that count besides the system's own. */
  readonly authorities: readonly string[];
  /** Folder that relative paths of keys start from. */
  readonly cwd: string;
}

/** Milliseconds for one call; cosign's own limit for what it asks others is 3 minutes. */
const limitMs = 200_000;

/** Where Go looks for certificates on Linux if it is not told otherwise. */
const systemCertificates = ['/etc/ssl/certs', '/etc/pki/tls/certs'].join(delimiter);

/** The program cosign, 2 or 3, of this machine. */
export class Cosign {
  private constructor(
    private readonly setUp: CosignSetUp,
    /** A folder for files that cosign reads; it goes away in the end. */
    readonly scratch: string,
    /** Does it know signatures as bundles beside the older form (from 2.6 on)? */
    readonly knowsBundles: boolean,
  ) {}

  /**
   * Runs `action` with cosign.
   * @throws SigningError where it is missing or older than 2
   */
  static async with<T>(setUp: CosignSetUp, action: (cosign: Cosign) => Promise<T>): Promise<T> {
    const scratch = mkdtempSync(join(tmpdir(), 'toolbox-cosign-'));
    try {
      const authorities = join(scratch, 'authorities');
      mkdirSync(authorities);
      for (const [at, pem] of setUp.authorities.entries()) writeFileSync(join(authorities, `${at}.pem`), pem);
      // What it says of its version is empty in some builds; its flags tell.
      const { stdout, stderr } = await new Cosign(setUp, scratch, false).run(['sign', '--help']);
      const knowsBundles = stdout.includes('--use-signing-config');
      if (!knowsBundles && !stdout.includes('--tlog-upload'))
        throw new SigningError(
          `cosign: is older than 2.0, or no cosign (${(stderr || stdout).trim().split('\n')[0]}). Install 2 or 3.`,
        );
      return await action(new Cosign(setUp, scratch, knowsBundles));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** `stdout` is as cosign wrote it, `stderr` without the password. @throws SigningError where it is missing or does not end */
  async run(args: readonly string[]): Promise<RunResult> {
    const { password, cwd, authorities } = this.setUp;
    const env = {
      // Always there: without it cosign would ask a terminal that is not.
      COSIGN_PASSWORD: password ?? '',
      ...(authorities.length > 0 && { SSL_CERT_DIR: this.certificates() }),
    };
    try {
      const ran = await run({ file: 'cosign', args }, { cwd, env, timeoutMs: limitMs });
      // Only what people get to read: a short password may occur in the base64 of an answer.
      const stderr = redactor(password === null ? [] : [password])(ran.stderr);
      if (!ran.timedOut) return { ...ran, stderr };
    } catch (error) {
      if (!(error instanceof CommandNotFoundError)) throw error;
      throw new SigningError(
        'cosign was not found. Install cosign 2 or 3 (docs.sigstore.dev), or add its folder to PATH.',
      );
    }
    throw new SigningError(`cosign ${args[0]}: had not ended after ${limitMs / 1000} s.`);
  }

  private certificates(): string {
    return [join(this.scratch, 'authorities'), process.env['SSL_CERT_DIR'] || systemCertificates].join(
      delimiter,
    );
  }
}
