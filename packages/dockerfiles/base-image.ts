import type { Dockerfile, Stage } from './parse-dockerfile';

/** The stage that `target` names, or the last one. Null where there is none. */
export function finalStage(dockerfile: Dockerfile, target?: string): Stage | null {
  if (target === undefined) return dockerfile.stages.at(-1) ?? null;
  const byName = dockerfile.stages.find((stage) => stage.name === target.toLowerCase());
  return byName ?? (/^\d+$/.test(target) ? dockerfile.stages[Number(target)] : undefined) ?? null;
}

/** The final stage and the stages that it is made from, final one first: `FROM build` continues in `build`. */
export function stageChain(
  dockerfile: Dockerfile,
  target?: string,
  buildArgs: Readonly<Record<string, string>> = {},
): Stage[] {
  const chain: Stage[] = [];
  let stage = finalStage(dockerfile, target);
  while (stage) {
    chain.push(stage);
    const from = expand(stage.from, dockerfile, buildArgs).toLowerCase();
    const before: readonly Stage[] = dockerfile.stages.slice(0, dockerfile.stages.indexOf(stage));
    stage = before.findLast((other) => other.name !== null && other.name === from) ?? null;
  }
  return chain;
}

/** Reference of the image below the final stage, ARG defaults resolved, or `scratch`. Null in a file without FROM. */
export function baseImage(
  dockerfile: Dockerfile,
  target?: string,
  buildArgs: Readonly<Record<string, string>> = {},
): string | null {
  const lowest = stageChain(dockerfile, target, buildArgs).at(-1);
  return lowest ? expand(lowest.from, dockerfile, buildArgs) : null;
}

/**
 * How many entries of the image's history the Dockerfile's own instructions make, i.e. all above the base image: BuildKit writes one
 * for each instruction but FROM and ONBUILD, in every stage down to the base.
 */
export function ownHistoryLength(
  dockerfile: Dockerfile,
  target?: string,
  buildArgs: Readonly<Record<string, string>> = {},
): number {
  return stageChain(dockerfile, target, buildArgs)
    .flatMap((stage) => stage.instructions)
    .filter(({ name }) => name !== 'ONBUILD').length;
}

/** How many of an image's layers, from the first, are its base image's: those of the history entries below the Dockerfile's own. */
export function baseLayerCount(
  history: readonly { readonly empty_layer?: boolean }[],
  dockerfile: Dockerfile,
  target?: string,
  buildArgs: Readonly<Record<string, string>> = {},
): number {
  if (baseImage(dockerfile, target, buildArgs) === 'scratch') return 0;
  const own = ownHistoryLength(dockerfile, target, buildArgs);
  return history.slice(0, Math.max(0, history.length - own)).filter((entry) => !entry.empty_layer).length;
}

/** `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}` with the ARGs before the first FROM. */
export function expand(
  text: string,
  { args }: Dockerfile,
  buildArgs: Readonly<Record<string, string>>,
): string {
  const valueOf = (name: string): string => {
    const given = buildArgs[name];
    if (Object.hasOwn(args, name) && given !== undefined) return given;
    const value = args[name];
    return value ? value.replace(variable, replace) : '';
  };
  const replace = (_: string, plain?: string, name?: string, operator?: string, word?: string): string => {
    const value = valueOf((plain ?? name)!);
    if (operator === ':-' || operator === '-') return value || (word ?? '');
    if (operator === ':+' || operator === '+') return value ? (word ?? '') : '';
    return value;
  };
  return text.replace(variable, replace);
}

const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^}]*))?\})/g;
