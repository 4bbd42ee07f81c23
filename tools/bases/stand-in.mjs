/** Makes the stand-in for one image of the catalogue: its layers and its configuration. */
import { alpineLayer } from './alpine-root.mjs';
import { allKeys, baseImage } from './catalogue.mjs';
import { debianLayer } from './debian-root.mjs';
import { installDebian } from './debian-package.mjs';
import { addGlibc } from './glibc.mjs';
import { loadImage } from './image-archive.mjs';
import { machine } from './machine.mjs';
import { nodeContents, nodeLayer } from './node-layer.mjs';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** On every stand-in, and on every image built on one: so that a report can say what was tested. */
export const LABEL = 'toolbox.standin';

/** Makes it, or takes its layers from the cache folder, and loads it under the name that the catalogue pins. */
export async function loadStandIn(key, { docker, env, log }) {
  const image = baseImage(key);
  const { layers, config } =
    image.runtime === 'node' ? await nodeImage(image, log) : await finalImage(image, log);
  const { docker: architecture } = machine();
  const labelled = { ...config, Labels: { [LABEL]: 'true' } };
  await loadImage({ name: image.name, layers, config: labelled, docker, architecture, env });
}

async function finalImage({ family, tag }, log) {
  const debian = await debianLayer(log);
  if (family === 'slim') return { layers: [debian], config: { Env: [PATH], Cmd: ['bash'] } };
  return {
    layers: [await alpineLayer(tag, debian)],
    config: { Env: [PATH], Cmd: ['/bin/sh'], WorkingDir: '/' },
  };
}

async function nodeImage({ tag, family }, log) {
  const version = tag.split('-')[0];
  const debian = await debianLayer(log);
  const base = family === 'slim' ? debian : await alpineLayer(alpineVersion(tag), debian);
  const options =
    family === 'slim'
      ? {
          version,
          family,
          base,
          shell: '/bin/bash',
          libraries: (root, packages) => installDebian(root, debian, packages),
        }
      : {
          version,
          family,
          base,
          shell: '/bin/sh',
          libraries: (root, packages) => addGlibc(root, debian, packages),
        };
  const { yarn } = nodeContents(version);
  const Env = [PATH, `NODE_VERSION=${version}`, ...(yarn ? [`YARN_VERSION=${yarn}`] : [])];
  const config = { Env, Entrypoint: ['docker-entrypoint.sh'], Cmd: ['node'] };
  return { layers: [base, await nodeLayer(options, log)], config };
}

/** `24.21.0-alpine3.24` is built on 3.24: the catalogue's own patch release of it. */
function alpineVersion(tag) {
  const minor = /-alpine(\d+\.\d+)$/.exec(tag)?.[1];
  const base = allKeys()
    .map(baseImage)
    .find((image) => image.image === 'alpine' && image.tag.startsWith(`${minor}.`));
  if (!base) throw new Error(`packages/images/catalogue.json: no alpine ${minor} for ${tag}.`);
  return base.tag;
}
