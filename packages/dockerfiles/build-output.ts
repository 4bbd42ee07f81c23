const folders = ['dist', 'build', 'out', '.next', '.output'];

/** Does a path of the build context look like something that a build writes? Such files are no workspace files to Nx. */
export function isBuildOutput(path: string, root: string): boolean {
  const own = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  return folders.includes(own.split('/')[0]!) || folders.includes(path.split('/')[0]!);
}
