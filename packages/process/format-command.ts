import { redactor } from './redact';
import type { Command } from './types';

/** The command as a POSIX shell would take it. For reading only: nothing is ever run through a shell. */
export function formatCommand(command: Command, secrets: readonly string[] = []): string {
  const redact = redactor(secrets);
  return [command.file, ...command.args].map((argument) => quote(redact(argument))).join(' ');
}

function quote(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.split("'").join(`'\\''`)}'`;
}
