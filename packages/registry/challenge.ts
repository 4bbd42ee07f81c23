/** What a registry asks for in `WWW-Authenticate`. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      /** Address of the token server. */
      readonly realm: string;
      readonly service: string | null;
      /** Scopes, each `repository:acme/api:pull,push`. */
      readonly scopes: readonly string[];
    };

/** The strongest challenge of a header that may carry several (RFC 9110, 11.6.1), or null. Bearer comes before Basic. */
export function parseChallenge(header: string | undefined): Challenge | null {
  const parts = (header ?? '').split(/(?:^|,)\s*(?=[A-Za-z]+\s+[A-Za-z_]+=)|(?:^|,)\s*(?=Basic\s*$)/i);
  let basic: Challenge | null = null;
  for (const part of parts) {
    const [, scheme = '', rest = ''] = /^\s*([A-Za-z]+)\s*(.*)$/s.exec(part) ?? [];
    if (scheme.toLowerCase() === 'basic') basic = { scheme: 'basic' };
    if (scheme.toLowerCase() !== 'bearer') continue;
    const parameters = new Map<string, string>();
    for (const [, key = '', quoted, bare] of rest.matchAll(/([A-Za-z_]+)=(?:"([^"]*)"|([^\s,"]+))/g))
      parameters.set(key.toLowerCase(), quoted ?? bare ?? '');
    const realm = parameters.get('realm');
    if (!realm) continue;
    const scopes = (parameters.get('scope') ?? '').split(' ').filter(Boolean);
    return { scheme: 'bearer', realm, service: parameters.get('service') ?? null, scopes };
  }
  return basic;
}
