import type { Output } from '../output';
import { renderService, renderShared } from './render';

/** Kubernetes manifests, once the stack's description chooses them. */
export const output: Output = { scope: 'kubernetes', render: renderService, renderStack: renderShared };
