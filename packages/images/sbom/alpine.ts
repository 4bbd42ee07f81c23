import { distroOf } from './debian';
import type { Distribution, PackageRecord } from './package-record';

/** Packages in apk's database (`/lib/apk/db/installed`): blocks of `letter:value`. */
export function parseApkInstalled(text: string, distribution: Distribution | null): PackageRecord[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const field = (letter: string) => new RegExp(`^${letter}:(.*)$`, 'm').exec(block)?.[1]?.trim() ?? '';
    const name = field('P');
    const version = field('V');
    const origin = field('o');
    const licence = field('L');
    if (name === '' || version === '') return [];
    return [
      {
        type: 'apk' as const,
        namespace: distribution?.id ?? 'alpine',
        name,
        version,
        qualifiers: {
          arch: field('A'),
          distro: distroOf(distribution),
          upstream: origin === name ? '' : origin,
        },
        licences: licence === '' ? [] : [licence],
      },
    ];
  });
}
