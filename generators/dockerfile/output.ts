import type { Output } from '../output';
import { renderDockerfile } from './render';

/** The Dockerfile and its ignore file. */
export const output: Output = { scope: 'dockerfile', render: renderDockerfile };
