import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Cosign } from './cosign';
import { attest, publicKeyOf, sign } from './sign';
import { trustFlags, type Trust } from './trust';
import { attestedPredicates, signatureState } from './verify';

const image = { reference: 'example.com/api@sha256:1', insecure: false, transparencyLog: false };
const trust: Trust = { kind: 'key', publicKey: 'cosign.pub' };
const keyless: Trust = {
  kind: 'identity',
  identity: 'a|b',
  isPattern: true,
  issuer: 'https://i.example.com',
};
const path = process.env['PATH'];
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'toolbox-signing-'))));
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A cosign that notes its arguments, says what the real one said (2.5 and 3.1), and ends as that did. */
function recorded(stdout: string, stderr: string, code: number, flags = '--tlog-upload=true'): void {
  for (const [name, text] of Object.entries({ stdout, stderr })) writeFileSync(join(folder, name), text);
  const program = join(folder, 'cosign');
  writeFileSync(
    program,
    `#!/bin/sh\ncase "$*" in *--help) echo "${flags}"; exit 0;; esac\necho "$*" >> ${folder}/calls\ncat ${folder}/stdout\ncat ${folder}/stderr >&2\nexit ${code}\n`,
  );
  chmodSync(program, 0o755);
  process.env['PATH'] = [folder, path].join(delimiter);
}
const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const withIt = <T>(action: (cosign: Cosign) => Promise<T>, password: string | null = null) =>
  Cosign.with({ password, authorities: [], cwd: folder }, action);
const failed = (line: string) => `WARNING: x\nError: ${line}\nerror during command execution: ${line}\n`;

it.each([
  ['', 0, { state: 'valid' }],
  [failed('no signatures found'), 10, { state: 'unsigned' }],
  [failed('no matching signatures: one\n two\n two'), 12, { state: 'foreign', why: 'one; two' }],
])('judges a signature by what cosign says: %j', async (said, code, state) => {
  recorded('', said, code);
  expect(await withIt((cosign) => signatureState(cosign, image, trust))).toEqual(state);
  expect(calls()).toEqual([`verify --key cosign.pub --insecure-ignore-tlog=true ${image.reference}`]);
});

it('asks a cosign that knows bundles for both forms', async () => {
  recorded('', failed('no signatures found'), 10, '--use-signing-config');
  expect(await withIt((cosign) => signatureState(cosign, image, trust))).toEqual({ state: 'unsigned' });
  expect(calls().map((call) => / --new-bundle-format=(\w+) /.exec(call)?.[1])).toEqual(['false', 'true']);
});

it('reads statements of the type that is asked for, also where the password occurs in their base64', async () => {
  const line = (predicateType: string, predicate: unknown) =>
    JSON.stringify({
      payload: Buffer.from(JSON.stringify({ predicateType, predicate })).toString('base64'),
    });
  recorded(`${line('a', { x: 1 })}\n${line('b', { x: 2 })}\n${line('a', { x: 1 })}\n`, '', 0);
  expect(await withIt((cosign) => attestedPredicates(cosign, image, trust, 'a'), 'eyJ')).toEqual([{ x: 1 }]);
  recorded('', failed('none of the attestations matched the predicate type: a, found: b'), 1);
  expect(await withIt((cosign) => attestedPredicates(cosign, image, trust, 'a'))).toEqual([]);
});

it('signs and attests in the form that every cosign reads', async () => {
  recorded('', '', 0, '--use-signing-config');
  await withIt(async (cosign) => {
    await sign(cosign, image, 'cosign.key');
    await attest(cosign, { ...image, insecure: true, transparencyLog: true }, null, 'a', {});
  });
  const form = '--new-bundle-format=false --use-signing-config=false';
  expect(calls()).toEqual([
    `sign --key cosign.key --tlog-upload=false ${form} --yes ${image.reference}`,
    expect.stringMatching(
      `^attest ${form} --allow-http-registry --allow-insecure-registry --yes --type a --predicate /\\S+ ${image.reference}$`,
    ),
  ]);
});

it.each([
  [failed('decrypt: encrypted: decryption failed'), /^k: the password does not open the key/],
  [failed('signing [x@sha256:1]: DENIED: no'), /^k: the registry refuses \(DENIED: no\)/],
  [
    failed('getting Rekor public keys: Get "https://tuf.example.com": dial tcp: no such host'),
    /^k: Sigstore's services cannot be reached .*transparencyLog: false/,
  ],
  [failed('the word is hunter2'), /^k: cosign ended with 1: the word is \*\*\*$/],
])('says in one line what failed: %j', async (said, line) => {
  recorded('', said, 1);
  await expect(withIt((cosign) => publicKeyOf(cosign, 'k'), 'hunter2')).rejects.toThrow(line);
});

it('wants a cosign, of version 2 at least', async () => {
  recorded('', '', 0, '--key string');
  await expect(withIt(() => Promise.resolve())).rejects.toThrow(/^cosign: is older than 2\.0/);
  process.env['PATH'] = join(folder, 'nothing');
  await expect(withIt(() => Promise.resolve())).rejects.toThrow(
    /^cosign was not found\. Install cosign 2 or 3/,
  );
});

it('takes a pattern for the whole identity', () => {
  expect(trustFlags(keyless)).toEqual([
    '--certificate-identity-regexp',
    '^(?:a|b)$',
    '--certificate-oidc-issuer',
    'https://i.example.com',
  ]);
});
