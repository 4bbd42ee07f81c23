import type { PackageRecord } from './package-record';

/** `METADATA` of a `.dist-info`, or `PKG-INFO` of an `.egg-info`: headers as in mail, then the description. Null where it has no name or version. */
export function parsePythonMetadata(text: string): PackageRecord | null {
  const [head = ''] = text.replace(/\r\n/g, '\n').split(/\n\n/, 1);
  const values = (name: string) =>
    [...head.matchAll(new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'gim'))].map(([, value = '']) => value);
  const [name = ''] = values('Name');
  const [version = ''] = values('Version');
  if (name === '' || version === '') return null;
  return {
    type: 'pypi',
    namespace: '',
    // Names that differ in case and separators are one package (PEP 503).
    name: name.toLowerCase().replace(/[-_.]+/g, '-'),
    version,
    qualifiers: {},
    licences: licencesOf(values),
  };
}

/** The expression (PEP 639), else the old field where it is a name rather than a whole text, else the classifiers. */
function licencesOf(values: (name: string) => readonly string[]): string[] {
  const [expression = ''] = values('License-Expression');
  if (expression !== '') return [expression];
  const [licence = ''] = values('License');
  if (licence !== '' && licence !== 'UNKNOWN' && licence.length <= 100) return [licence];
  return values('Classifier')
    .filter((classifier) => classifier.startsWith('License :: '))
    .map((classifier) => classifier.split(' :: ').at(-1) ?? '')
    .filter((name) => name !== 'OSI Approved');
}
