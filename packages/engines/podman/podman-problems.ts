import { EngineError } from '../engine';

/** The oldest version that has additional build contexts and images without its own label, both of which a build needs; tests run on it. */
export const leastVersion = '4.3';

export const missingPodman = `Podman was not found. Install Podman ${leastVersion} or later, or add the folder of podman to PATH.`;

/** What to tell of a failed podman command: one line, known causes with what to do, else the command's own last line. */
export function podmanError(doing: string, stderr: string): EngineError {
  return new EngineError(knownProblem(stderr) ?? `Podman could not ${doing}: ${lastLine(stderr)}`);
}

/** A problem of the engine itself rather than of what it was asked for; null where the text names none. */
export function knownProblem(stderr: string): string | null {
  if (/Cannot connect to Podman|unable to connect to Podman|podman machine (init|start)/i.test(stderr))
    return 'Podman does not answer: its machine or service is not running. Start it (podman machine start, or systemctl --user start podman.socket) and run this again.';
  if (/no space left on device/i.test(stderr))
    return "The disk of Podman's store: no space left on device. Free some, e.g. with: podman image prune";
  if (/cannot set up namespace|newuidmap|no subuid ranges|insufficient UIDs or GIDs/i.test(stderr))
    return 'Podman cannot map users for this account. Give it a range in /etc/subuid and /etc/subgid (usermod --add-subuids), then run: podman system migrate';
  return null;
}

/** @throws EngineError where `version` is older than what toolbox needs */
export function checkVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = leastVersion.split('.').map(Number);
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    throw new EngineError(`Podman ${version} is too old. Install Podman ${leastVersion} or later.`);
}

/** The last line that says something, without podman's own prefixes. */
export function lastLine(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(time=".*level=|See 'podman|\[Warning\])/.test(line));
  return (lines.at(-1) ?? 'it gave no reason.').replace(/^Error: /, '');
}
