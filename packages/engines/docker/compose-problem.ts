import { EngineError } from '../engine';
import { knownProblem, lastLine } from './docker-problems';

/** Why Compose failed, in one line with what to do. */
export function composeProblem(doing: string, stderr: string): EngineError {
  return new EngineError(known(stderr) ?? `Docker Compose could not ${doing}: ${lastLine(stderr)}`);
}

function known(stderr: string): string | null {
  const port =
    /Bind for ([^\s:]+):(\d+) failed: port is already allocated/.exec(stderr) ??
    /listen tcp4? ([^\s:]+):(\d+): bind: address already in use/.exec(stderr);
  if (port)
    return `Port ${port[2]} of ${port[1]} is in use. Stop what listens there, or choose another with the variable that stands beside it in the Compose file, e.g. PROXY_PORT=9000.`;
  if (
    /all predefined address pools have been fully subnetted|could not find an available, non-overlapping IPv4/.test(
      stderr,
    )
  )
    return 'Docker has no addresses left for another network. Remove unused ones with: docker network prune, or give its daemon more default-address-pools (docs/guides/compose.md).';
  const variable = /services\.(\S+?)\.\S+: required variable (\w+) is missing a value: (.*)$/m.exec(stderr);
  if (variable) return `${variable[1]}: the variable ${variable[2]} is missing: ${variable[3]}.`;
  const image = /No such image: (\S+)/i.exec(stderr);
  if (image) return `The image ${image[1]} is not there. Load it with: nx run-many -t docker-load`;
  const cycle = /dependency cycle detected: (.*)$/m.exec(stderr);
  if (cycle) return `The services wait for each other in a circle: ${cycle[1]}. Remove one depends_on.`;
  const unknown = /service "([^"]+)" depends on undefined service "?([^\s":]+)/.exec(stderr);
  if (unknown)
    return `${unknown[1]}: depends_on names ${unknown[2]}, which is no service. Remove it or add the service.`;
  return knownProblem(stderr);
}
