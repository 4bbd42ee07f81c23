import type { Layout } from '../../packages/images/layout';
import { FixtureWorkspace } from '../fixture-workspace';
import { checkPlatforms } from './check-platforms';
import { planBuild } from './plan';

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace();
  workspace.write('apps/api/Dockerfile', 'FROM debian:13.2-slim\nCOPY . /app\n');
});
afterEach(() => workspace.remove());

/** An image per platform: one layer of the base, one of the Dockerfile. */
function check(images: readonly { platform: string; layers: readonly string[] }[]): void {
  const layout = {
    images: images.map(({ platform, layers }) => {
      const [os, architecture, variant] = platform.split('/');
      const history = layers.map((_, at) => ({ created_by: at === 0 ? 'base' : 'COPY . /app # buildkit' }));
      return { config: { os, architecture, variant, rootfs: { type: 'layers', diff_ids: layers }, history } };
    }),
  } as unknown as Layout;
  checkPlatforms(planBuild({}, workspace.context), layout);
}

it('takes a base of each platform', () => {
  check([
    { platform: 'linux/amd64', layers: ['base-amd64', 'same'] },
    { platform: 'linux/arm64', layers: ['base-arm64', 'same'] },
  ]);
});

it('refuses one base for two processors', () => {
  const images = [
    { platform: 'linux/amd64', layers: ['base', 'a'] },
    { platform: 'linux/arm64', layers: ['base', 'b'] },
  ];
  expect(() => check(images)).toThrow(
    'apps/api/Dockerfile: the base image debian:13.2-slim is the same for linux/amd64 and linux/arm64, so it is not there for one of them. Choose a base that is there for all platforms, or other --platforms.',
  );
  workspace.write('apps/api/Dockerfile', 'FROM scratch\nCOPY . /base\nCOPY . /app\n');
  expect(() => check(images)).not.toThrow();
});

it('takes one base for variants of one processor', () => {
  check([
    { platform: 'linux/arm/v6', layers: ['base', 'a'] },
    { platform: 'linux/arm/v7', layers: ['base', 'b'] },
  ]);
});
