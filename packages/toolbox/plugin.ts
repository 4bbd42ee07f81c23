/**
 * What Nx loads for every command, bundled into one file: keep it lean. Only node's own modules are needed where nothing
 * has changed; `yaml` and the options' schema are loaded when something has.
 */
import { createNodesFor, pattern, type CreateNodes } from './plugin/create-nodes';

export const name = 'toolbox';

export const createNodes: CreateNodes = [pattern, createNodesFor];

/** The name of `createNodes` before Nx 23. */
export const createNodesV2: CreateNodes = createNodes;
