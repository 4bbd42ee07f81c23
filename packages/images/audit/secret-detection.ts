import { isSecretSetting, lineOf, matchOwnRules, trigger, type SecretMatch } from './text-rules';

/** secretlint's rule that takes its directions from comments: an image must not be able to switch its own audit off. */
const directions = '@secretlint/secretlint-rule-filter-comments';

/** What examples and tests are full of. */
const uncertain = /-(basicauth|database-connection-string)$/;

type Config = Parameters<(typeof import('@secretlint/core'))['lintSource']>[0]['options']['config'];

interface Secretlint {
  readonly lint: (path: string, text: string) => Promise<readonly SecretMatch[]>;
}

let loaded: Promise<Secretlint> | null = null;

/** Loaded when the first text needs it: it takes a third of a second. */
function secretlint(): Promise<Secretlint> {
  return (loaded ??= load());
}

async function load(): Promise<Secretlint> {
  const [{ lintSource }, { rules }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const config = {
    rules: rules
      .filter(({ meta }) => meta.id !== directions)
      .map((rule) => ({ id: rule.meta.id, rule, options: {} })),
  } as unknown as Config;
  return {
    async lint(path, text) {
      const { messages } = await lintSource({
        source: { filePath: `/${path}`, content: text, contentType: 'text' },
        options: { config, maskSecrets: true, noPhysicFilePath: true },
      });
      // The message itself is left out: it is about the value.
      return messages.map(({ ruleId, messageId, range }) => ({
        what: `${ruleId.replace(/^.*secretlint-rule-/, '')}: ${messageId}`,
        line: lineOf(text, range[0]),
        certain: !uncertain.test(ruleId),
      }));
    },
  };
}

/** Every secret that a text seems to hold: ours and secretlint's (the recommended preset), at most one per line. */
export async function findSecrets(path: string, text: string): Promise<readonly SecretMatch[]> {
  const own = matchOwnRules(path, text);
  const theirs = trigger.test(text) ? await (await secretlint()).lint(path, text) : [];
  const byLine = new Map<number, SecretMatch>();
  for (const match of [...theirs, ...own]) {
    const known = byLine.get(match.line);
    if (!known || (match.certain && !known.certain)) byLine.set(match.line, match);
  }
  return [...byLine.values()].sort((a, b) => a.line - b.line);
}

/** What kind of secret a setting holds, in words that go after "holds"; null: none. */
export async function secretIn(name: string, value: string): Promise<string | null> {
  if (isSecretSetting(name, value)) return `a value of ${value.length} characters that its name calls secret`;
  const [match] = await findSecrets('value', value);
  return match ? `what looks like a secret (${match.what})` : null;
}
