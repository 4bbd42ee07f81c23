/** Whose signatures count: those of a key, or of somebody whom an OpenID Connect issuer vouches for ("keyless"). */
export type Trust =
  | {
      readonly kind: 'key';
      /** File in PEM, or an address that cosign knows: `awskms://…`, `hashivault://…`, `env://…`. */
      readonly publicKey: string;
    }
  | {
      readonly kind: 'identity';
      /** Subject of the certificate, e.g. an e-mail address or the address of a workflow. */
      readonly identity: string;
      /** Is `identity` a regular expression (RE2), for the whole subject? */
      readonly isPattern: boolean;
      /** Address of the issuer, e.g. `https://token.actions.githubusercontent.com`. */
      readonly issuer: string;
    };

/** Is it an address of cosign's, not a file? */
export function isKeyAddress(key: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//.test(key);
}

/** cosign's flags that say whose signatures count. */
export function trustFlags(trust: Trust): readonly string[] {
  if (trust.kind === 'key') return ['--key', trust.publicKey];
  const { identity, isPattern, issuer } = trust;
  return [
    // Unanchored, a pattern would also accept those who have it somewhere in their name.
    ...(isPattern
      ? ['--certificate-identity-regexp', `^(?:${identity})$`]
      : ['--certificate-identity', identity]),
    '--certificate-oidc-issuer',
    issuer,
  ];
}
