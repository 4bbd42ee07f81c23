/** Name of the plugin in nx.json: the name that Nx resolves it by, whatever package is installed under it. */
export const pluginName = 'toolbox';
