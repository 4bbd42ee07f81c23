/** Makes the stand-in for one image of the catalogue: its layers and its configuration. */
import { alpineLayer } from './alpine-root.mjs';
import { baseImage } from './catalogue.mjs';
import { debianLayer } from './debian-root.mjs';
import { golangImage } from './golang-image.mjs';
import { loadImage } from './image-archive.mjs';
import { PATH } from './layer.mjs';
import { machine } from './machine.mjs';
import { nginxImage } from './nginx-image.mjs';
import { nodeImage } from './node-image.mjs';
import { postgresImage } from './postgres-image.mjs';
import { pythonImage } from './python-image.mjs';
import { redisImage } from './redis-image.mjs';

/** On every stand-in, and on every image built on one: so that a report can say what was tested. */
export const LABEL = 'toolbox.standin';

/** By the catalogue's `runtime`. */
const RECIPES = new Map([
  [null, plainImage],
  ['go', golangImage],
  ['nginx', nginxImage],
  ['node', nodeImage],
  ['postgres', postgresImage],
  ['python', pythonImage],
  ['redis', redisImage],
]);

/** Makes it, or takes its layers from the cache folder, and loads it under the name that the catalogue pins. */
export async function loadStandIn(key, { docker, env, log }) {
  const image = baseImage(key);
  const recipe = RECIPES.get(image.runtime);
  if (!recipe) throw new Error(`${image.name}: tools/bases has no recipe for ${image.runtime}.`);
  const { layers, config } = await recipe(image, log);
  const { docker: architecture } = machine();
  const labelled = { ...config, Labels: { [LABEL]: 'true' } };
  await loadImage({ name: image.name, layers, config: labelled, docker, architecture, env });
}

async function plainImage({ family, tag }, log) {
  const debian = await debianLayer(log);
  if (family === 'slim') return { layers: [debian], config: { Env: [PATH], Cmd: ['bash'] } };
  return {
    layers: [await alpineLayer(tag, debian)],
    config: { Env: [PATH], Cmd: ['/bin/sh'], WorkingDir: '/' },
  };
}
