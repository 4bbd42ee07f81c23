import { knownProblem, isInterrupted, lastLine } from './docker-problems';

/**
 * Why a build failed, in one line; BuildKit's own output was streamed before. `dockerfile` is its path for messages. A step of a generated Dockerfile
 * that knows what is wrong prints it as `toolbox: where: what. what to do`; nothing else is said then.
 */
export function buildProblem(stderr: string, dockerfile: string): string {
  const known = knownProblem(stderr);
  const started = /^#\d+ /m.test(stderr);
  if (isInterrupted(stderr) || (started && known?.startsWith('Docker does not answer')))
    return 'Docker stopped answering during the build. Start it again and repeat the build; nothing half-built was kept.';
  if (known) return known;
  const said = /^#\d+ [\d.]+ toolbox: (.*)$/m.exec(stderr)?.[1];
  if (said) return said.trim();
  if (stderr.trim() === '') return `${dockerfile}: the build failed. Why stands above.`;
  const reason =
    /^ERROR: (?:failed to build: )?(?:failed to solve: )?(.*)$/m.exec(stderr)?.[1] ?? lastLine(stderr);
  const where = `${dockerfile}${lineOf(stderr, reason)}`;
  const foreign = foreignPlatform(stderr);
  if (foreign) return `${where}: ${foreign}`;
  const step = /^process "(.*)" did not complete successfully: (exit code: \d+)/.exec(reason);
  if (step)
    return `${where}: ${instructionOf(stderr) ?? step[1]} failed with ${step[2]!.replace(':', '')}. Its output stands above.`;
  const missing = /"\/?([^"]+)": not found/.exec(reason);
  if (missing && /cache key|checksum/.test(reason))
    return `${where}: ${missing[1]} is not in the build context. Is it built, and let in by the ignore file?`;
  const base = /^([^\s:]+(?::[^\s:]+)?): failed to resolve source metadata for \S+: (.*)$/.exec(reason);
  if (base) return `${where}: the base image ${base[1]} could not be had: ${base[2]}`;
  return `${where}: ${reason.replace(/^dockerfile parse error on line \d+: /, '')}`;
}

/** A program of another processor, or a base that is not there for it. */
function foreignPlatform(stderr: string): string | null {
  const step = /^ > \[(?:(\w+\/[\w/]+) )?[^\]]*\] /m.exec(stderr)?.[1];
  if (/exec format error/.test(stderr))
    return `the builder cannot run programs for ${step ?? 'this platform'}. Install QEMU's user emulation where it runs, or name a builder of that platform with --builder.`;
  const missing = /no match for platform in manifest.*: not found/.test(stderr);
  return missing
    ? `the base image is not there for the platform. Choose another base, or other --platforms.`
    : null;
}

/** BuildKit ends with an excerpt of the Dockerfile under a title such as `Dockerfile:12`. */
function lineOf(stderr: string, reason: string): string {
  const line =
    /^(?:\S*Dockerfile\S*|[^\s:]+):(\d+)$/m.exec(stderr)?.[1] ??
    /parse error on line (\d+)/.exec(reason)?.[1];
  return line ? `:${line}` : '';
}

/** ` > [stage-1 2/3] RUN npm ci:` -> `RUN npm ci` */
function instructionOf(stderr: string): string | null {
  const title = [...stderr.matchAll(/^ > \[[^\]]*\] (.*):$/gm)].at(-1)?.[1];
  if (!title) return null;
  return title.length > 100 ? `${title.slice(0, 99)}…` : title;
}
