import { join } from 'node:path';
import { templatesIn } from '../template';

/** Renders a template of this runtime's folder `files`; the path is relative to it. */
export const renderTemplate = templatesIn(join(__dirname, 'files'));
