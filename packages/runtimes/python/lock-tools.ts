import { posix } from 'node:path';

/** What installs the packages of a lockfile into the image's virtual environment /opt/venv. */
export interface LockTool {
  readonly name: 'pip' | 'uv' | 'poetry' | 'pdm';
  /** The tool itself, pinned, with bounds on what it runs on; empty where the Python image brings it. */
  readonly packages: readonly string[];
  /** Files beside the lockfile that the install reads; wildcards as in COPY. */
  readonly beside: readonly string[];
  /** Command that makes the lockfile anew. */
  readonly lock: string;
  /** Settings of the tool for the one command. */
  readonly environment: readonly string[];
  /** Commands of the install: exactly what the lockfile says, without the project itself. */
  readonly commands: readonly string[];
  /** The same where the lockfile is that of a workspace, and the project one of its members. */
  readonly memberCommands?: readonly string[];
  /** Text in the tool's output when lockfile and manifest do not match, as an extended regular expression. */
  readonly mismatch: string;
  /** What is wrong then, in a few words. */
  readonly problem: string;
  /** Folders that BuildKit keeps from build to build. */
  readonly caches: readonly string[];
}

const pipCache = '/root/.cache/pip';
// The tools install into the environment that is active.
const active = ['VIRTUAL_ENV=/opt/venv', 'PATH="/opt/venv/bin:$PATH"'];

const problem = 'does not match pyproject.toml';

/** The only place where versions of the tools stand. */
export const lockTools: Readonly<Record<LockTool['name'], LockTool>> = {
  pip: {
    name: 'pip',
    packages: [],
    beside: [],
    lock: 'uv pip compile --generate-hashes requirements.in -o requirements.txt',
    environment: [],
    // The project's own sources come later, as they are. One hash in the file makes pip demand hashes of everything.
    commands: [
      String.raw`sed -E '/^(-e|--editable)?[ =]*\.\/?([ ;#]|$)/d' -i "$lockfile"`,
      'pip --python /opt/venv/bin/python install --no-compile --no-warn-script-location --requirement "$lockfile"',
    ],
    mismatch: 'all requirements must have their versions pinned|Hashes are required',
    problem: 'is not complete: a package that another one needs has no version and hash',
    caches: [pipCache],
  },
  uv: {
    name: 'uv',
    packages: ['uv==0.13.9'],
    beside: ['pyproject.toml'],
    lock: 'uv lock',
    environment: [
      'UV_CACHE_DIR=/root/.cache/uv',
      'UV_LINK_MODE=copy',
      'UV_PROJECT_ENVIRONMENT=/opt/venv',
      'UV_PYTHON=/opt/venv/bin/python',
      'UV_PYTHON_DOWNLOADS=never',
      'UV_NO_PROGRESS=1',
    ],
    // A version that a build back end works out needs sources that are not here; then the lockfile is taken as it is.
    commands: [
      "{ check=--locked; if grep -qE '^dynamic *=' pyproject.toml; then check=--frozen; fi; }",
      '/opt/tool/bin/uv sync "$check" --no-dev --no-install-project --no-editable',
    ],
    // The lockfile of a workspace can be checked only with the manifests of all members.
    memberCommands: ['/opt/tool/bin/uv sync --frozen --no-dev --no-install-workspace --no-editable'],
    mismatch: 'lockfile .*needs to be updated',
    problem,
    caches: [pipCache, '/root/.cache/uv'],
  },
  poetry: {
    name: 'poetry',
    packages: ['poetry==2.5.1', 'poetry-plugin-export==1.10.1'],
    beside: ['pyproject.toml'],
    lock: 'poetry lock',
    environment: [...active, 'POETRY_CACHE_DIR=/root/.cache/pypoetry', 'POETRY_VIRTUALENVS_CREATE=false'],
    // Poetry itself asks the index for what only some indexes answer; pip takes the very same files, by their hashes, from any.
    commands: [
      '/opt/tool/bin/poetry export --only main --no-interaction --no-ansi --output /tmp/requirements.txt',
      // Packages from Git have no hash that pip could check.
      'if grep -qE "^[^ ]+ @ " /tmp/requirements.txt; then /opt/tool/bin/poetry install --only main --no-root --no-interaction --no-ansi; ' +
        'else pip --python /opt/venv/bin/python install --no-compile --no-deps --no-warn-script-location --require-hashes --requirement /tmp/requirements.txt; fi',
    ],
    problem,
    mismatch: 'changed significantly since poetry.lock was last generated',
    caches: [pipCache, '/root/.cache/pypoetry'],
  },
  pdm: {
    name: 'pdm',
    // Its own bounds let in newer clients of the index, with which it does not start.
    packages: ['pdm==2.26.6', 'hishel<2', 'unearth<0.19'],
    beside: ['pyproject.toml'],
    lock: 'pdm lock',
    environment: [...active, 'PDM_CACHE_DIR=/root/.cache/pdm', 'PDM_CHECK_UPDATE=false'],
    commands: [
      '/opt/tool/bin/pdm lock --check',
      '/opt/tool/bin/pdm sync --prod --no-self --no-editable --fail-fast',
    ],
    problem,
    mismatch: 'Lock ?file hash doesn.t match|[Ll]ock ?file is outdated',
    caches: [pipCache, '/root/.cache/pdm'],
  },
};

/** The server of an ASGI app whose lockfile has none, with what it needs: requirements with the hashes of the package index. */
export const server: readonly string[] = [
  'click==8.5.1 --hash=sha256:8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37 --hash=sha256:9bbfada76703fd1d784b83eea012e3e8c6a001a876543ef104fa56aaaeb072b4',
  'h11==0.16.0 --hash=sha256:4e35b956cf45792e4caa5885e69fba00bdbc6ffafbfa020300e549b208ee5ff1 --hash=sha256:63cf8bbe7522de3bf65932fda1d9c2772064ffb3dae62d55932da54b31cb6c86',
  'uvicorn==0.54.0 --hash=sha256:505bdb0f318731d45f1f712071fc781a8981f6847a31c902c9f5e652d4f67faf --hash=sha256:a2e33cbfaa0306f8e6b0c13e0cb89d7d7a2da3e62b90c66e18c33d9807b28620',
];

/** The tool that a lockfile is of, by its name: `uv.lock`, `poetry.lock`, `pdm.lock`, else a file of requirements. */
export function lockToolOf(lockfile: string): LockTool {
  const name = posix.basename(lockfile).replace(/\.lock$/, '');
  return name === 'uv' || name === 'poetry' || name === 'pdm' ? lockTools[name] : lockTools.pip;
}
