/** Names that differ per processor architecture. Stand-ins are made for the machine's own. */
const MACHINES = {
  x64: {
    docker: 'amd64',
    debian: 'amd64',
    alpine: 'x86_64',
    triplet: 'x86_64-linux-gnu',
    loader: 'lib64/ld-linux-x86-64.so.2',
    openssl: 'linux-x86_64',
  },
  arm64: {
    docker: 'arm64',
    debian: 'arm64',
    alpine: 'aarch64',
    triplet: 'aarch64-linux-gnu',
    loader: 'lib/ld-linux-aarch64.so.1',
    openssl: 'linux-aarch64',
  },
};

export function machine(arch = process.arch) {
  const found = MACHINES[arch];
  if (!found)
    throw new Error(
      `No stand-in images for the architecture ${arch}. Use one of: ${Object.keys(MACHINES).join(', ')}.`,
    );
  return { arch, ...found };
}
