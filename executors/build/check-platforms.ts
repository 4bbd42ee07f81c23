import { platformOf, type Layout } from '../../packages/images/layout';
import { TargetError } from '../mistakes';
import { baseName, countBaseLayers } from './base';
import type { BuildPlan } from './plan';

/**
 * A base that the engine has for one platform only is taken by it for every other one: an image that says arm64 and holds programs for amd64. Two
 * processors never share all layers of a base.
 * @throws TargetError naming the two platforms
 */
export function checkPlatforms(plan: BuildPlan, layout: Layout): void {
  const count = countBaseLayers(plan, layout);
  if (count === 0) return;
  const seen = new Map<string, { architecture: string; platform: string }>();
  for (const { config } of layout.images) {
    const layers = config.rootfs.diff_ids.slice(0, count).join(' ');
    const platform = platformOf(config);
    const other = seen.get(layers);
    if (other && other.architecture !== config.architecture)
      throw new TargetError(
        `${plan.request.dockerfileName}: the base image ${baseName(plan)} is the same for ${other.platform} and ${platform}, so it is not there for one of them. Choose a base that is there for all platforms, or other --platforms.`,
      );
    seen.set(layers, { architecture: config.architecture, platform });
  }
}
