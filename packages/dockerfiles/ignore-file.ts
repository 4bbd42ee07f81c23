/** Does an ignore file keep a path out of the build context? Paths are relative to the context, POSIX. */
export type IgnoreMatcher = (path: string) => boolean;

/**
 * Reads `.dockerignore` as the engine does: a later line wins over an earlier one, `!` lets in again, a pattern that matches a folder counts
 * for everything below it, `**` stands for any number of folders. Patterns always start at the context's root.
 */
export function parseIgnoreFile(text: string): IgnoreMatcher {
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const letsIn = line.startsWith('!');
      return { letsIn, expression: expressionOf(normalise(letsIn ? line.slice(1).trim() : line)) };
    });
  return (path) => {
    const parts = path.replace(/\/$/, '').split('/');
    const folders = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    const last = patterns.findLast(({ expression }) => folders.some((folder) => expression.test(folder)));
    return last !== undefined && !last.letsIn;
  };
}

function normalise(pattern: string): string {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 ? '.' : parts.join('/');
}

/** Go's filepath.Match with `**` added; a pattern that no path can match where it is malformed. */
function expressionOf(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const rest = pattern.slice(at);
    const stars = /^\*\*(\/|$)?/.exec(rest);
    const range = /^\[(\^?)((?:\\.|[^\]\\])+)\]/.exec(rest);
    if (stars) {
      source += stars[1] === '/' ? '(?:.*/)?' : '.*';
      at += stars[0].length - 1;
    } else if (rest.startsWith('*')) source += '[^/]*';
    else if (rest.startsWith('?')) source += '[^/]';
    else if (range) {
      source += `[${range[1]}${range[2]!.replaceAll('[', '\\[')}]`;
      at += range[0].length - 1;
    } else if (rest.startsWith('\\') && rest.length > 1) {
      source += escape(rest[1]!);
      at += 1;
    } else source += escape(rest[0]!);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return /^(?!)/;
  }
}

function escape(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
