import type { Framework } from './framework';
import type { SourceFile } from './sources';

/** Where the source says that it listens. */
export interface Listening {
  readonly port?: number;
  /** The number stands in the source, and no environment variable changes it. */
  readonly fixedPort: boolean;
  /** Environment variables that make the app listen on that port and on every interface, besides PORT and HOST. */
  readonly settings: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const environment = (name: string) => `process\\.env(?:\\.|\\[['"])(${name})(?:['"]\\])?`;
/** `process.env.PORT || 3333`, `process.env.PORT ? Number(process.env.PORT) : 3000`, `Number(process.env['PORT'] ?? '3000')` */
const portFromEnvironment = new RegExp(
  `${environment('(?:[A-Z0-9_]+_)?PORT')}(?:[^\\n;]{0,80}?(?:\\|\\||\\?\\?|:)\\s*['"]?(\\d{2,5})\\b)?`,
  'g',
);
/** `.listen(3000`, `.listen({ port: 3000`, `const port = 3000`, `serve({ fetch, port: 3000` */
const literalPort =
  /\.listen\(\s*(?:\{[^}]{0,80}?\bport\s*:\s*)?(\d{2,5})\b|\b(?:const|let|var)\s+port\s*=\s*(\d{2,5})\b|\bserve\(\s*\{[^}]{0,160}?\bport\s*:\s*(\d{2,5})\b/i;
const hostFromEnvironment = new RegExp(
  `${environment('(?:[A-Z0-9_]+_)?(?:HOST|HOSTNAME|ADDRESS)')}\\s*(?:\\|\\||\\?\\?)\\s*['"](?:localhost|127\\.0\\.0\\.1|::1)['"]`,
  'g',
);
const literalHost =
  /\.listen\(\s*[^,)]+,\s*['"](?:localhost|127\.0\.0\.1)['"]|\b(?:host|hostname)\s*[:=]\s*['"](?:localhost|127\.0\.0\.1)['"]/;

/** Reads port and host out of the sources; the entry file counts first. */
export function detectListening(sources: readonly SourceFile[], framework: Framework | null): Listening {
  const settings: Record<string, string> = {};
  const notes: string[] = [];
  const { name, port } = readPort(sources);
  if (name && name !== 'PORT' && port) {
    settings[name] = String(port);
    notes.push(`The port comes from ${name}: where you change "port", change settings.${name}, too.`);
  }
  if (!name && port) {
    notes.push(
      `Port ${port} is fixed in the source: "port" must stay ${port} until the app reads PORT from its environment.`,
    );
  }
  if (!port)
    notes.push(
      'No port was found in the source: set "port" if the app does not read PORT from its environment.',
    );
  for (const { content } of sources) {
    for (const match of content.matchAll(hostFromEnvironment)) {
      if (match[1] && match[1] !== 'HOST') settings[match[1]] = '0.0.0.0';
    }
  }
  if (listensOnLoopback(sources, framework)) {
    notes.push(
      'The app listens on localhost only, where no other container reaches it: let it listen on process.env.HOST.',
    );
  }
  return { ...(port ? { port } : {}), fixedPort: !name && port !== undefined, settings, notes };
}

function readPort(sources: readonly SourceFile[]): { name?: string; port?: number } {
  let nameOnly: string | undefined;
  for (const { content } of sources) {
    // `app.listen(3000)` may stand beside a client's REDIS_PORT: only the app's own variable counts before it.
    const fromEnvironment = [...content.matchAll(portFromEnvironment)].filter(
      ([, name]) => !isForeign(name ?? ''),
    );
    const best =
      fromEnvironment.find(([, name, port]) => name === 'PORT' && port) ??
      fromEnvironment.find(([, , port]) => port);
    if (best) return { name: best[1], port: valid(best[2]) };
    nameOnly ??= fromEnvironment[0]?.[1];
    const literal = literalPort.exec(content);
    const port = valid(literal?.[1] ?? literal?.[2] ?? literal?.[3]);
    if (port) return fromEnvironment[0] ? { name: fromEnvironment[0][1], port } : { port };
  }
  return nameOnly ? { name: nameOnly } : {};
}

/** Ports of what the app calls, not of the app. */
function isForeign(name: string): boolean {
  return /^(DB|DATABASE|POSTGRES|PG|MYSQL|MONGO|MONGODB|REDIS|RABBITMQ|AMQP|KAFKA|SMTP|MAIL|METRICS|DEBUG|PROXY|.*_(DB|REDIS|SMTP|METRICS|PROXY))_?PORT$/.test(
    name,
  );
}

function valid(text: string | undefined): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? port : undefined;
}

/** Fastify listens on localhost unless it is given a host; the others listen on every interface. */
function listensOnLoopback(sources: readonly SourceFile[], framework: Framework | null): boolean {
  const all = sources.map(({ content }) => content).join('\n');
  if (
    literalHost.test(all) &&
    !/process\.env[^\n;]{0,40}(?:\|\||\?\?)\s*['"](?:localhost|127\.0\.0\.1)/.test(all)
  )
    return true;
  const call = framework === 'fastify' ? /\.listen\(\s*(\{[^}]*\})/.exec(all)?.[1] : undefined;
  return call !== undefined && !/\bhost\b|\.\.\./.test(call);
}
