import type { SourceFile } from './sources';

/** Where the source says that it listens. */
export interface Listening {
  readonly port?: number;
  /** The number stands in the source, and no environment variable changes it. */
  readonly fixedPort: boolean;
  /** Environment variables, besides PORT, that carry the port. */
  readonly settings: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** Any call that takes the name first: `os.Getenv("PORT")`, `getEnv("PORT", "8080")`, `settings.Int("PORT", 8080)` */
const environment = /\b\w+\(\s*"((?:[A-Z0-9]+_)*PORT)"(?:\s*,\s*"?:?(\d{2,5})\b)?/g;
/** `env:"PORT" envDefault:"8080"`, `envconfig:"PORT" default:"8080"` */
const structTag = /\benv(?:config)?:"((?:[A-Z0-9]+_)*PORT)[^"]*"(?:[^`\n]*?[dD]efault:"(\d{2,5})")?/g;
/** `http.ListenAndServe(":8080"`, gin's `r.Run(":8080")`, echo's `e.Start(`, fiber's `app.Listen(`, `Addr: "0.0.0.0:8080"`, `net.Listen("tcp", ":8080"` */
const literal =
  /\b(?:ListenAndServe(?:TLS)?|Run|Start|Listen)\(\s*(?:"tcp4?"\s*,\s*)?"([\w.-]*):(\d{2,5})"|\b[aA]ddr\w*\s*(?::|:?=)\s*"([\w.-]*):(\d{2,5})"/;
/** `flag.Int("port", 8080, …)`, also pflag's with a shorthand between. */
const flag = /\b\w*(?:Int|String|Uint)\w*\((?:&[\w.]+\s*,\s*)?"port"\s*,\s*(?:"\w?"\s*,\s*)?"?:?(\d{2,5})"?/;
const fallback = /\b(?:\w*[pP]ort|PORT)\s*(?::|:?=)\s*"?:?(\d{2,5})"?/;
const foreign =
  /^(DB|DATABASE|POSTGRES|PG|MYSQL|MONGO|REDIS|RABBITMQ|AMQP|KAFKA|SMTP|MAIL|METRICS|DEBUG|GRPC|PROXY)_/;

/** Reads the port out of the sources. */
export function detectListening(sources: readonly SourceFile[]): Listening {
  const texts = sources.map(({ content }) => content);
  const fromEnvironment = [environment, structTag]
    .flatMap((pattern) => texts.flatMap((text) => [...text.matchAll(pattern)]))
    .filter(([, name]) => !foreign.test(name!));
  const variable = fromEnvironment.find(([, name]) => name === 'PORT') ?? fromEnvironment[0];
  const listening = texts.map((text) => literal.exec(text)).find((match) => match !== null);
  const [host, written] = listening
    ? [listening[1] ?? listening[3] ?? '', valid(listening[2] ?? listening[4])]
    : ['', undefined];
  const flagged = texts.map((text) => valid(flag.exec(text)?.[1])).find((port) => port !== undefined);
  const notes = /^(localhost|127\.0\.0\.1)$/.test(host)
    ? [
        `The app listens on ${host} only, where no other container reaches it: let it listen on ":${written}".`,
      ]
    : [];
  if (variable) {
    const port = valid(variable[2]) ?? flagged ?? written ?? firstPort(texts);
    if (variable[1] === 'PORT') return { ...(port ? { port } : {}), fixedPort: false, settings: {}, notes };
    const settings = port ? { [variable[1]!]: String(port) } : {};
    const note = `The port comes from ${variable[1]}: where you change "port", change settings.${variable[1]}, too.`;
    return { ...(port ? { port } : {}), fixedPort: false, settings, notes: [...notes, note] };
  }
  const port = flagged ?? written ?? firstPort(texts);
  if (port) {
    const note = `Port ${port} is fixed in the source: "port" must stay ${port} until the app reads PORT from its environment.`;
    return { port, fixedPort: true, settings: {}, notes: [...notes, note] };
  }
  const note =
    'No port was found in the source: set "port" if the app does not read PORT from its environment.';
  return { fixedPort: false, settings: {}, notes: [...notes, note] };
}

function firstPort(texts: readonly string[]): number | undefined {
  return texts.map((text) => valid(fallback.exec(text)?.[1])).find((port) => port !== undefined);
}

function valid(text: string | undefined): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? port : undefined;
}
