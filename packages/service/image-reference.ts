/** `acme/api:dev` in full, as containerd writes it: with Docker's default registry and `library/` spelled out. */
export function canonicalReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const hasRegistry =
    rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  if (hasRegistry) return reference;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${reference}`;
}
