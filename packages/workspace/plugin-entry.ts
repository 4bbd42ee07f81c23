import { readNxJson, type Tree } from '@nx/devkit';
import { parsePluginOptions } from '../service/parse';
import type { PluginOptions } from '../service/plugin-options.gen';

import { pluginName } from './plugin-name';

export { pluginName };

/** The plugin's options in nx.json; none where it is not registered. @throws DescriptionError */
export function readPluginOptions(tree: Tree): PluginOptions {
  const entry = (readNxJson(tree)?.plugins ?? []).find((plugin) => nameOf(plugin) === pluginName);
  return parsePluginOptions(typeof entry === 'object' ? entry.options : undefined);
}

/** Whether nx.json registers the plugin. */
export function isRegistered(tree: Tree): boolean {
  return (readNxJson(tree)?.plugins ?? []).some((plugin) => nameOf(plugin) === pluginName);
}

function nameOf(plugin: string | { readonly plugin: string }): string {
  return typeof plugin === 'string' ? plugin : plugin.plugin;
}
