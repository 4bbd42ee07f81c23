/** A secret that was found in a text; never its value. */
export interface SecretMatch {
  /** What kind of secret it looks like, in words. */
  readonly what: string;
  /** From 1. */
  readonly line: number;
  /** False for what documentation and tests are full of, such as a URL with a user and a password. */
  readonly certain: boolean;
}

/**
 * Whatever one of secretlint's rules or ours could find holds one of these. Most files hold none: one pass of this over the bytes is ten times as fast as
 * the rules themselves. It is kept by hand: a spec fails when the preset gains or loses a rule.
 */
export const trigger = new RegExp(
  [
    '-----BEGIN ',
    '_auth(?:Token)? ?=',
    '_password ?=',
    '(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|A3T[A-Z0-9])[A-Z0-9]{16}',
    '(?:KEY|[kK]ey)["\']?\\s{0,4}(?:=>|[:=])\\s{0,4}["\']?[A-Za-z0-9/+=]{40}',
    'xox[abopr]-',
    'xapp-\\d',
    'hooks\\.slack\\.com/services/',
    'HOOKS\\.SLACK\\.COM/SERVICES/',
    'SG\\.[A-Za-z0-9_-]{16}',
    'shp(?:at|ca|pa|ss)_',
    'gh[pousr]_[A-Za-z0-9]{16}',
    'github_pat_',
    'npm_[A-Za-z0-9]{30}',
    'sk-[A-Za-z0-9_-]{20}',
    'lin_api_',
    'ops_ey',
    '"private_key"',
    '://[^\\s/:@"\'<>]{1,100}:[^\\s/@"\'<>]{1,200}@',
  ].join('|'),
);

interface Rule {
  readonly what: string;
  /** Files that it is about; none: all. */
  readonly file?: RegExp;
  readonly pattern: RegExp;
}

/** What secretlint does not know, or knows only under a file name of its own choice. A value that is a variable is no secret. */
const rules: readonly Rule[] = [
  {
    what: 'a private key',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\[rn]|\s|[A-Za-z-]{1,20}: [^\n]{1,80}\n){1,9}[A-Za-z0-9+/=]{32}/g,
  },
  {
    what: 'a login of a package registry',
    file: /(^|\/)\.?npmrc$/,
    pattern: /(?:_authToken|_auth|_password)[ \t]*=[ \t]*["']?(?!\$\{?)[^\s"'$]{6}/g,
  },
  {
    what: 'a login of a package registry',
    file: /(^|\/)\.yarnrc\.yml$/,
    pattern: /npmAuth(?:Token|Ident)["']?:[ \t]*["']?(?!\$\{?)[^\s"'$]{6}/g,
  },
  {
    what: 'a password for a host',
    file: /(^|\/)[._]netrc$/,
    pattern: /\bpassword\s+(?!\$)\S{3}/g,
  },
  { what: 'a password for a package index', file: /(^|\/)\.pypirc$/, pattern: /^password\s*[:=]\s*\S{3}/gm },
  {
    what: 'a login of an image registry',
    file: /(^|\/)(\.docker\/config\.json|\.dockercfg|auth\.json)$/,
    pattern: /"(?:auth|identitytoken)"\s*:\s*"[^"]{6}/g,
  },
  {
    what: 'a login in the settings of git',
    file: /(^|\/)(\.git\/config|\.gitconfig|\.git-credentials|git\/credentials)$/,
    pattern:
      /:\/\/[^\s/:@]{0,100}:[^\s/@]{1,200}@|:\/\/[A-Za-z0-9_-]{20,200}@|extraheader\s*=\s*authorization:/gi,
  },
];

const credentialFile =
  /(^|\/)(\.?npmrc|\.yarnrc\.yml|[._]netrc|\.pypirc|config\.json|\.dockercfg|auth\.json|config|\.gitconfig|\.git-credentials|credentials|\.env(\.[\w-]+)?)$/;

/** Is it a file that is worth a look whatever it holds? */
export function isCredentialFile(path: string): boolean {
  return credentialFile.test(path);
}

/** What our own rules find in a file. */
export function matchOwnRules(path: string, text: string): SecretMatch[] {
  const found = rules
    .filter(({ file }) => file === undefined || file.test(path))
    .flatMap(({ what, pattern }) =>
      [...text.matchAll(pattern)].map((match) => ({ what, line: lineOf(text, match.index), certain: true })),
    );
  return /(^|\/)\.env(\.[\w-]+)?$/.test(path) ? [...found, ...matchSettings(text)] : found;
}

/** `NAME=value` lines. */
function matchSettings(text: string): SecretMatch[] {
  return text.split('\n').flatMap((line, at) => {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return name !== undefined && isSecretSetting(name, (value ?? '').replace(/^(["'])(.*)\1$/, '$2'))
      ? [{ what: `the value of ${name}`, line: at + 1, certain: true }]
      : [];
  });
}

const passwordName = /(^|[_.-])(PASSWORD|PASSWD|PASSPHRASE|PWD)$/i;
const tokenName =
  /(^|[_.-])(TOKEN|SECRET|API_?KEY|APIKEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|CREDENTIALS?|AUTH)$/i;

/**
 * Is it a setting whose name says that its value is secret, with a value that could be one? Paths, variables and switches are not.
 * Passwords count from 6 characters on; tokens from 8 on and with an entropy that no word has.
 */
export function isSecretSetting(name: string, value: string): boolean {
  if (/^(\/|\.\/|\$|file:|true$|false$|none$|null$|\*+$|<)/i.test(value)) return false;
  if (passwordName.test(name)) return value.length >= 6;
  return (
    tokenName.test(name) &&
    value.length >= 8 &&
    entropy(value) >= 2.75 &&
    !/^[a-z]+([ _-][a-z]+)*$/i.test(value)
  );
}

/** Shannon entropy in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

export function lineOf(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
