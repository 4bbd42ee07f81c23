/** Puts layers and a configuration together as an image archive, and loads it into either image store of Docker. */
import { spawn } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { LAYER_TIME } from './layer.mjs';

/**
 * @param {{ name: string, layers: { file: string, diffId: string }[], config: object, docker: string, architecture: string, env: Record<string, string> }} image
 * `name`: the tag it gets; `config`: as in the image specification
 */
export async function loadImage({ name, layers, config, docker, architecture, env }) {
  const work = mkdtempSync(join(cacheFolder('layers'), 'image-'));
  try {
    const files = layers.map(({ file }, index) => {
      linkSync(file, join(work, `layer${index}.tar.gz`));
      return `layer${index}.tar.gz`;
    });
    const created = new Date(LAYER_TIME * 1000).toISOString();
    const history = layers.map(({ name: made }) => ({ created, created_by: `stand-in layer ${made}` }));
    const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
    writeFileSync(
      join(work, 'config.json'),
      JSON.stringify({ architecture, os: 'linux', created, config, rootfs, history }),
    );
    writeFileSync(
      join(work, 'manifest.json'),
      JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: files }]),
    );
    await pipeInto(
      ['tar', '-cf', '-', '-C', work, 'manifest.json', 'config.json', ...files],
      [docker, 'load', '--quiet'],
      env,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function pipeInto([from, ...fromArgs], [to, ...toArgs], env) {
  const reader = spawn(to, toArgs, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const writer = spawn(from, fromArgs, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for (const stream of [reader.stdout, reader.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve, reject) => reader.once('error', reject).once('close', resolve));
  // A reader that gives up closes the pipe: its own message is the one worth showing.
  await pipeline(writer.stdout, reader.stdin).catch(() => {});
  const status = await ended;
  if (status !== 0) throw new Error(`docker load: ${said.trim().split('\n').at(-1) || `ended by ${status}`}`);
}
