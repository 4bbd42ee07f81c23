import { posix } from 'node:path';
import type { Service } from '../../service/types';
import { renderTemplate } from './template';

/** Files of a project that no running service reads; the first group lies at the project's own root only. */
const atRoot = [
  'Dockerfile',
  'Dockerfile.dockerignore',
  'build',
  'dist',
  'k8s',
  'project.json',
  'test',
  'tests',
  'toolbox.lock.json',
  'toolbox.yaml',
];
const anywhere = [
  '.coverage',
  '.env',
  '.env.*',
  '.git',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.venv',
  '__pycache__',
  'conftest.py',
  'node_modules',
  'venv',
];

/** The ignore file that keeps the build context to what the Dockerfile copies. `files` lie outside the project's folder. */
export function renderIgnoreFile(service: Service, files: readonly string[]): string {
  const { output } = service.build;
  return renderTemplate('image/dockerignore.ejs', {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    folders: [output, ...files],
    leftOut: [...atRoot.map((name) => posix.join(output, name)), ...anywhere.map((name) => `**/${name}`)],
  });
}
