/**
 * Images of the other runtimes beside the same app on a Dockerfile as public templates have it: one or two stages, the app's packages installed
 * by the language's own tool, on the very base images that ours are made of. Where ours is not well below, it is at the floor.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allKeys, baseImage } from '../bases/catalogue.mjs';
import { ensureBases } from '../bases/ensure.mjs';
import { imageBytes } from './peer.mjs';
import { authoritySecret, goFloor, pythonFloor } from './runtime-floors.mjs';

const tag = 'toolbox-bench/template';
const python = baseImage('python-3.13-slim').name;
const nginx = baseImage('nginx-alpine').name;
const go = baseImage(allKeys().find((key) => key.startsWith('golang-'))).name;
const alpine = baseImage('alpine').name;

/** The packages' installation may need the machine's own certificate authority: a build secret, so that no layer holds it. */
const secret = '--mount=type=secret,id=ca,target=/tmp/ca.pem';

const pythonTemplate = (command) => `FROM ${python}
WORKDIR /code
COPY requirements.txt .
RUN ${secret} PIP_CERT=/tmp/ca.pem pip install --no-cache-dir --upgrade -r requirements.txt
COPY . .
CMD ${JSON.stringify(command)}
`;

/** What each is called, scaffolded with, and how a template builds it. */
const apps = {
  fastapi: {
    options: ['--uses=postgres,redis'],
    template: pythonTemplate(['uvicorn', 'app.main:app', '--host', '0.0.0.0']),
    goal: 0.7,
    floor: pythonFloor,
  },
  celery: {
    options: ['--uses=postgres,redis'],
    template: pythonTemplate(['celery', '--app', 'app.worker:app', 'worker']),
    goal: 0.7,
    floor: pythonFloor,
  },
  python: {
    options: [],
    template: pythonTemplate(['uvicorn', 'app.main:app', '--host', '0.0.0.0']),
    goal: 0.7,
    floor: pythonFloor,
  },
  go: {
    options: [],
    template: `FROM ${go} AS build
WORKDIR /src
COPY . .
RUN ${secret} SSL_CERT_FILE=/tmp/ca.pem CGO_ENABLED=0 go build -o /server .
FROM ${alpine}
COPY --from=build /server /server
CMD ["/server"]
`,
    goal: 0.7,
    floor: goFloor,
  },
  // The base and the files are all there is: the floor of any image on nginx.
  static: {
    options: [],
    template: `FROM ${nginx}\nCOPY site /usr/share/nginx/html\n`,
    goal: 1.03,
    files: (project) => ['dist', 'apps', project],
  },
  nginx: {
    options: [],
    template: `FROM ${nginx}\nCOPY site/nginx /etc/nginx/\n`,
    goal: 1.03,
    files: (project) => ['apps', project],
  },
};

const idOf = (runtime) => `image-size-${runtime}-vs-template`;
const floorIdOf = (runtime) => `image-size-${runtime}-vs-floor`;
export const ids = Object.entries(apps).flatMap(([runtime, { floor }]) => [
  idOf(runtime),
  ...(floor ? [floorIdOf(runtime)] : []),
]);

export async function measure(bench, wanted) {
  const engine = await bench.engine();
  const keys = [
    'python-3.13-slim',
    'nginx-alpine',
    'alpine',
    allKeys().find((key) => key.startsWith('golang-')),
  ];
  await ensureBases({ ...engine, log: bench.log, keys });
  const figures = [];
  for (const [runtime, app] of Object.entries(apps)) {
    if (!wanted(idOf(runtime)) && !wanted(floorIdOf(runtime))) continue;
    const project = `bench-${runtime}`;
    const ours = buildOurs(bench, project, runtime, app.options);
    bench.log(`the same app on a template's Dockerfile`);
    const theirs = await templateBytes(bench, project, app);
    figures.push({
      id: idOf(runtime),
      value: ours / theirs,
      unit: 'ratio',
      goal: app.goal,
      how: `${mb(ours)} of the new ${runtime} app / ${mb(theirs)} of the same app on a Dockerfile as templates have it, on the same base${app.files ? ', which with the same files is the floor of any image on nginx' : ''}; bytes of the unpacked layers`,
    });
    if (!app.floor) continue;
    const floor = await app.floor(bench, tag, contextOf(bench, project));
    figures.push({
      id: floorIdOf(runtime),
      value: ours / floor.bytes,
      unit: 'ratio',
      goal: null,
      how: `${mb(ours)} of the new ${runtime} app / ${mb(floor.bytes)}: ${floor.how}`,
    });
  }
  await bench.docker('image', 'rm', '--force', tag);
  return figures.filter(({ id }) => wanted(id));
}

function buildOurs(bench, project, runtime, options) {
  const workspace = bench.workspace();
  bench.nx(
    workspace,
    'g',
    'toolbox:service',
    project,
    `--runtime=${runtime}`,
    ...options,
    '--no-interactive',
  );
  bench.log(`nx docker-build ${project}`);
  bench.nx(workspace, 'docker-build', project);
  const record = readFileSync(join(workspace, 'dist', 'images', project, 'image.json'), 'utf8');
  return JSON.parse(record).sizes.uncompressed;
}

const contextOf = (bench, project) => join(bench.folder, `template-${project}`);

/** Builds the template's image under `tag`. */
async function templateBytes(bench, project, { template, files }) {
  const context = contextOf(bench, project);
  mkdirSync(context, { recursive: true });
  const source = join(bench.workspace(), ...(files?.(project) ?? ['apps', project]));
  cpSync(source, files ? join(context, 'site') : context, {
    recursive: true,
    filter: (path) => !/(^|\/)(\.venv|node_modules|Dockerfile\.dockerignore)$/.test(path),
  });
  writeFileSync(join(context, 'Dockerfile'), template);
  await bench.docker('build', '--quiet', ...authoritySecret(), '--tag', tag, context);
  return imageBytes(bench, tag);
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
