import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Environment of a program that finds the cosign of the tests, and its password. */
export function cosignEnvironment(password: string): NodeJS.ProcessEnv {
  const tool = join(__dirname, '..', 'tools', 'cosign', 'ensure.mjs');
  const folder = execFileSync(process.execPath, [tool], { encoding: 'utf8' }).trim();
  return { PATH: [folder, process.env['PATH']].join(delimiter), COSIGN_PASSWORD: password };
}

/** Runs cosign itself: as another party does, or to see what a task left in the registry. */
export function cosign(env: NodeJS.ProcessEnv, ...args: readonly string[]): string {
  return execFileSync('cosign', args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The statements that a key attested of an image. */
export function statementsOf(
  env: NodeJS.ProcessEnv,
  reference: string,
  publicKey: string,
  type: string,
): readonly Statement[] {
  const args = ['--key', publicKey, '--insecure-ignore-tlog', '--type', type, reference];
  return cosign(env, 'verify-attestation', ...args)
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { payload } = JSON.parse(line) as { payload: string };
      return JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Statement;
    });
}

export interface Statement {
  readonly subject: readonly { readonly digest: { readonly sha256: string } }[];
  readonly predicate: unknown;
}

/** An authority as Fulcio is one, in files of a folder. */
export interface Authority {
  /** Certificate of the authority. */
  readonly root: string;
  /** Certificate that it gave a key, and the key. */
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority, and a certificate of it that says whom an issuer vouched for. */
export function makeAuthority(
  env: NodeJS.ProcessEnv,
  folder: string,
  identity: string,
  issuer: string,
): Authority {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  // Fulcio's extension for the issuer holds its bare characters.
  const bytes = Buffer.from(issuer).toString('hex');
  writeFileSync(
    file('openssl.cnf'),
    `[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[signer]
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
subjectAltName = URI:${identity}
1.3.6.1.4.1.57264.1.1 = DER:${bytes}
`,
  );
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const config = ['-config', file('openssl.cnf')];
  const root = ['-keyout', file('root.key'), '-out', file('root.pem')];
  openssl('req', '-x509', ...newKey, '-subj', '/CN=e2e', ...config, '-extensions', 'authority', ...root);
  const request = ['-keyout', file('unused.key'), '-out', file('signer.csr')];
  openssl('req', ...newKey, '-subj', '/CN=signer', ...config, ...request);
  cosign(env, 'generate-key-pair', '--output-key-prefix', file('signer'));
  openssl(
    ...['x509', '-req', '-in', file('signer.csr'), '-force_pubkey', file('signer.pub'), '-days', '1'],
    ...['-CA', file('root.pem'), '-CAkey', file('root.key'), '-CAcreateserial'],
    ...['-extfile', file('openssl.cnf'), '-extensions', 'signer', '-out', file('signer.pem')],
  );
  return { root: file('root.pem'), certificate: file('signer.pem'), key: file('signer.key') };
}
