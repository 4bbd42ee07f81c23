import type { RuntimeDefaults } from '../../service/types';
import { nginxDefaults } from '../nginx/defaults';

/** Built files, served by nginx. */
export const defaults: RuntimeDefaults = {
  ...nginxDefaults,
  budgets: { alpine: '100MB', slim: '100MB', distroless: '100MB' },
  build: { target: 'build', dependencies: 'bundled', main: 'index.html' },
};
