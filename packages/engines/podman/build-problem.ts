import type { Dockerfile } from '../../dockerfiles/parse-dockerfile';
import { textOf } from './amend-config';
import { knownProblem, lastLine } from './podman-problems';

const mostCharacters = 100;

/**
 * Why a build failed, in one line; its output was streamed before. `name` is the Dockerfile's path for messages. A step of a generated Dockerfile
 * that knows what is wrong prints it as `toolbox: where: what. what to do`; nothing else is said then.
 * @param addedStages stages that podman builds before those of `dockerfile`
 */
export function buildProblem(
  output: string,
  name: string,
  dockerfile: Dockerfile,
  addedStages: number,
): string {
  const known = knownProblem(output);
  if (known) return known;
  const said = /^toolbox: (.*)$/m.exec(output)?.[1];
  if (said) return said.trim();
  if (output.trim() === '') return `${name}: the build failed. Why stands above.`;
  const step = lastStep(output, dockerfile, addedStages);
  const where = step ? `${name}:${step.line}` : name;
  const code = /while running runtime: exit status (\d+)/.exec(output)?.[1];
  if (code && step)
    return `${where}: ${shortened(step.text)} failed with exit code ${code}. Its output stands above.`;
  const missing = /copier: stat: "\/?(.*?)": no such file or directory/.exec(output)?.[1];
  if (missing)
    return `${where}: ${missing} is not in the build context. Is it built, and let in by the ignore file?`;
  const reason = lastLine(output).replace(/^building at STEP ".*": /s, '');
  const base = /^creating build container: (.*)$/.exec(reason)?.[1];
  if (base) return `${where}: the base image could not be had: ${base}`;
  return `${where}: ${reason}`;
}

/** The last `[2/3] STEP 4/9: …` of podman's progress: the fourth instruction of the second stage, with its FROM counted. */
function lastStep(
  output: string,
  { stages }: Dockerfile,
  added: number,
): { line: number; text: string } | null {
  const [, stageNumber = '1', stepNumber] =
    [...output.matchAll(/^(?:\[(\d+)\/\d+\] )?STEP (\d+)\/\d+: /gm)].at(-1) ?? [];
  const stage = stages[Number(stageNumber) - 1 - added];
  if (!stage || stepNumber === undefined) return null;
  if (stepNumber === '1') return { line: stage.line, text: `FROM ${stage.from}` };
  const instruction = stage.instructions[Number(stepNumber) - 2];
  return instruction ? { line: instruction.line, text: textOf(instruction) } : null;
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}
