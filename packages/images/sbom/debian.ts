import type { Distribution, PackageRecord } from './package-record';

/**
 * Packages in dpkg's database (`/var/lib/dpkg/status`), or in one of the files that distroless images have instead (`status.d/<package>`, which may lack the status).
 * Format: deb-control(5).
 */
export function parseDpkgStatus(text: string, distribution: Distribution | null): PackageRecord[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    const { package: name, version, status, architecture = '', source = '' } = fields;
    if (!name || !version || (status !== undefined && !/ installed$/.test(status))) return [];
    return [
      {
        type: 'deb' as const,
        namespace: distribution?.id ?? 'debian',
        name,
        version,
        qualifiers: {
          arch: architecture,
          distro: distroOf(distribution),
          // Security trackers know source packages; `name (version)` where the version differs.
          upstream: source.replace(/^(\S+)(?: \((.+)\))?$/, (_, from: string, at?: string) =>
            at === undefined ? from : `${from}@${at}`,
          ),
        },
        licences: [],
      },
    ];
  });
}

/** `debian-13`; the empty string where the image does not say. */
export function distroOf(distribution: Distribution | null): string {
  return distribution === null ? '' : [distribution.id, distribution.version].filter(Boolean).join('-');
}

/** Fields of a stanza by lower-case name; continuation lines are not needed. */
function fieldsOf(stanza: string): Readonly<Record<string, string | undefined>> {
  const fields: Record<string, string> = {};
  for (const line of stanza.split('\n')) {
    const [, name, value] = /^([A-Za-z][\w-]*):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) fields[name.toLowerCase()] = value ?? '';
  }
  return fields;
}

/** Licences of a `copyright` file in Debian's machine-readable form (DEP 5): the short names, in their order. Others are prose and state nothing here. */
export function parseCopyright(text: string): string[] {
  if (!/^Format(?:-Specification)?:\s*\S*(?:copyright-format|dep5|DEP-5)/im.test(text.slice(0, 2000)))
    return [];
  const names = [...text.matchAll(/^License:[ \t]*(\S.*?)[ \t]*$/gm)].map(([, name = '']) => name);
  return [...new Set(names)];
}
