import { DescriptionError } from '../../packages/service/description-error';

/** As npm allows names of packages, starting with a letter: the container and the host name are made from it. */
const pattern = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z][a-z0-9._-]*$/;
/** RFC 1123: a longer one is no host name any more. */
const longest = 63;

/** @throws DescriptionError where `name` cannot be the name of a new app. */
export function checkNewName(name: string): void {
  const problem = !pattern.test(name)
    ? 'is not a name for a new app. Use lower-case letters, digits, hyphens, dots and underscores, first a letter: api or @acme/api'
    : name.length > longest
      ? `is longer than ${longest} characters`
      : null;
  if (problem) throw new DescriptionError({ file: JSON.stringify(name), key: '', message: problem });
}
