import type { RunResult } from '../process/types';
import { SigningError } from './signing-error';

/** The error behind a call of cosign that failed. `what` was to be done, e.g. "signing registry.example.com/acme/api@sha256:…". */
export function problemOf({ stderr, code, signal }: RunResult, what: string): SigningError {
  const said = reasonIn(stderr);
  if (/decryption failed|incorrect passphrase/i.test(said))
    return new SigningError(
      `${what}: the password does not open the key. Set COSIGN_PASSWORD, or name a file with it: passwordFile.`,
    );
  if (/UNAUTHORIZED|DENIED|status code 40[13]\b/.test(said))
    return new SigningError(
      `${what}: the registry refuses (${said}). Log in as somebody who may push there: docker login`,
    );
  if (
    /tuf|rekor|fulcio|sigstore|oidc|oauth/i.test(said) &&
    /dial tcp|no such host|timeout|refused/i.test(said)
  )
    return new SigningError(
      `${what}: Sigstore's services cannot be reached (${said}). Signatures of a key can do without: transparencyLog: false.`,
    );
  if (/ID ?token|device flow|no token/i.test(said))
    return new SigningError(
      `${what}: there is no identity token (${said}). Give the CI job one (GitHub: permissions: id-token: write; GitLab: id_tokens), or sign with a key.`,
    );
  return new SigningError(`${what}: cosign ended with ${code ?? signal}: ${said}`);
}

/** What cosign says after `Error:`, in one line: of several signatures, each has its reason. */
export function reasonIn(stderr: string): string {
  const [, said = stderr] = /^Error: (.*?)^error during command execution/ms.exec(stderr) ?? [];
  const reasons = new Set(said.split(/\r?\n/).flatMap((line) => line.trim() || []));
  const text = [...reasons]
    .join('; ')
    // It names the image in brackets once more.
    .replace(/^(signing|attesting) \[\S+\]: /, '');
  if (text === '') return 'it did not say why';
  return text.length > 400 ? `${text.slice(0, 397)}...` : text;
}
