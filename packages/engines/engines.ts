import { dockerEngine, type DockerEngineOptions } from './docker/docker-engine';
import { EngineError, type Engine } from './engine';
import { podmanEngine } from './podman/podman-engine';

export const engineNames = ['docker', 'podman'] as const;

/** The engine of that name; none is started or asked here. @throws EngineError for a name that is none */
export function openEngine(name: string, options: DockerEngineOptions = {}): Engine {
  if (name === 'docker') return dockerEngine(options);
  if (name === 'podman') return podmanEngine();
  throw new EngineError(`Unknown engine ${JSON.stringify(name)}. Use docker or podman.`);
}
