import type { Output } from '../output';
import { renderCompose } from './render';

/** The Compose file of the stack and its overlay for each environment. */
export const output: Output = { scope: 'compose', renderStack: renderCompose };
