import { EngineError } from '../engine';

export const missingCli =
  'Docker was not found. Install Docker Engine 25 or later, or add the folder of docker to PATH.';
export const missingBuildx =
  'Docker has no buildx plugin. Install it (package docker-buildx-plugin or docker-buildx) and run this again.';

/** The least version whose `docker save` writes an OCI layout and whose health checks have a start interval. */
export const leastVersion = 25;

/** What to tell of a failed docker command: one line, known causes with what to do, else the command's own last line. */
export function dockerError(doing: string, stderr: string): EngineError {
  return new EngineError(knownProblem(stderr) ?? `Docker could not ${doing}: ${lastLine(stderr)}`);
}

/** A problem of the engine itself rather than of what it was asked for; null where the text names none. */
export function knownProblem(stderr: string): string | null {
  if (/permission denied.*(docker\.sock|docker daemon socket|docker API)/i.test(stderr))
    return 'Docker refuses this user: permission denied on its socket. Add the user to the group docker and log in again, or use a rootless engine.';
  const socket = /Cannot connect to the Docker daemon at ([^\s]+?)\.? /.exec(stderr)?.[1];
  if (
    socket ||
    /Cannot connect to the Docker daemon|Is the docker daemon running|error during connect|failed to connect to the docker API/i.test(
      stderr,
    )
  )
    return `Docker does not answer${socket ? ` at ${socket}` : ''}. Start it (systemctl start docker, or Docker Desktop) and run this again.`;
  return diskProblem(stderr);
}

/** Where the disk is full, and what to do. */
export function diskProblem(stderr: string): string | null {
  if (!/no space left on device/i.test(stderr)) return null;
  const place =
    /(?:write|mkdir|open|rename|sync|copy|writing|create|extract)\S* '?"?(\/[^\s:'"]+)'?"?: no space left on device/i.exec(
      stderr,
    )?.[1];
  const folder = place?.replace(/\/(ingest|blobs)\/.*$/, '');
  return `${folder ?? 'The disk of the engine'}: no space left on device. Free some, e.g. with: docker builder prune`;
}

/** The engine died or was stopped while it worked. */
export function isInterrupted(stderr: string): boolean {
  return /code = Unavailable|error reading from server|connection reset by peer|use of closed network connection|closing transport|unexpected EOF|: EOF\s*$|broken pipe|no active session/im.test(
    stderr,
  );
}

/** The last line that says something, without docker's own prefixes. */
export function lastLine(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(-+|View build details|See 'docker|Usage:|Run 'docker)/.test(line));
  return (lines.at(-1) ?? 'it gave no reason.')
    .replace(/^(ERROR|Error|docker): (ERROR: |failed to solve: )?/i, '')
    .replace(/^Error response from daemon: /, '');
}
