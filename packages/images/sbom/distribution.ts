import type { Distribution } from './package-record';

/** `/etc/os-release` (os-release(5)); null where it names no distribution. */
export function parseOsRelease(text: string): Distribution | null {
  const value = (key: string) =>
    new RegExp(`^${key}=(?:"(.*)"|'(.*)'|(.*))$`, 'm')
      .exec(text)
      ?.slice(1)
      .find((part) => part !== undefined)
      ?.trim();
  const id = value('ID');
  if (!id) return null;
  return { id, version: value('VERSION_ID') || null, name: value('PRETTY_NAME') || id };
}
