import type { Field } from './field';
import {
  checkFormat,
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  pathSegment,
  qualifiedName,
  type Format,
} from './formats';
import { checkLabels } from './selectors';

/** Kinds whose names are no DNS subdomains. */
const nameFormats: Readonly<Record<string, Format>> = {
  Namespace: dnsLabel,
  Service: dns1035Label,
  StatefulSet: dnsLabel,
  Role: pathSegment,
  RoleBinding: pathSegment,
  ClusterRole: pathSegment,
  ClusterRoleBinding: pathSegment,
};

/** A CronJob's name gets a suffix of eleven characters in the names of its jobs, which are labels. */
const mostOfCronJob = 52;

const mostOfAnnotations = 256 * 1024;

/** `metadata` of every kind. */
export function checkMetadata(object: Field): void {
  const metadata = object.at('metadata');
  const kind = object.at('kind').text ?? '';
  const name = metadata.at('name');
  if (!name.text) {
    if (!metadata.at('generateName').text) name.missing('Give the object a name.');
  } else {
    checkFormat(name, nameFormats[kind] ?? dnsSubdomain, 'Give another name.');
    if (kind === 'CronJob' && name.text.length > mostOfCronJob)
      name.invalid(`has ${name.text.length} characters, more than ${mostOfCronJob}.`, 'Shorten the name.');
  }
  checkFormat(metadata.at('namespace'), dnsLabel);
  checkLabels(metadata.at('labels'));
  checkAnnotations(metadata.at('annotations'));
}

/** `metadata` of what is made from a template: it need have no name. */
export function checkTemplateMetadata(metadata: Field): void {
  checkLabels(metadata.at('labels'));
  checkAnnotations(metadata.at('annotations'));
}

function checkAnnotations(annotations: Field): void {
  let size = 0;
  for (const [key, value] of annotations.entries) {
    size += key.length + (value.text?.length ?? 0);
    const problem = qualifiedName(key.toLowerCase());
    if (problem !== null) value.invalid(problem, 'Write the key so.');
  }
  if (size > mostOfAnnotations)
    annotations.invalid(`have ${size} bytes, more than ${mostOfAnnotations}.`, 'Keep less in annotations.');
}
