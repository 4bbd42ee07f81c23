import type { Module } from './sources';

/** Where a program says that it listens. */
export interface Port {
  readonly port?: number;
  /** The number stands in the source, and no environment variable changes it. */
  readonly fixed: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** `os.environ.get("PORT", 8080)`, `os.getenv("MCP_PORT", "8080")`, `os.environ["PORT"]` */
const fromEnvironment =
  /\b(?:environ(?:\.get\(|\[)|getenv\()\s*["']((?:[A-Z0-9_]+_)?PORT)["']\s*(?:,\s*["']?(\d{2,5})["']?|\]\s*|\))/g;
const literal =
  /\b(?:port\s*=\s*|serve_forever\(|(?:bind|HTTPServer|TCPServer|start_server)\([^)\n]*?,\s*)(\d{2,5})\b/i;
/** Ports of what the app calls, not of the app. */
const foreign =
  /^(DB|DATABASE|POSTGRES|PG|MYSQL|MONGO|MONGODB|REDIS|RABBITMQ|AMQP|KAFKA|SMTP|MAIL|METRICS|.*_(DB|REDIS|SMTP|METRICS))_?PORT$/;

/** Reads the port of a program that brings its own server; the modules that lie higher count first. */
export function findPort(modules: readonly Module[]): Port {
  for (const { content } of modules) {
    const own = [...content.matchAll(fromEnvironment)].find(([, name]) => !foreign.test(name!));
    if (own) {
      const [, name, text] = own;
      const port = text ? Number(text) : undefined;
      const isOther = name !== 'PORT' && port !== undefined;
      return {
        ...(port ? { port } : {}),
        fixed: false,
        settings: isOther ? { [name!]: String(port) } : {},
        notes: isOther
          ? [`The port comes from ${name}: where you change "port", change settings.${name}, too.`]
          : [],
      };
    }
    const port = Number(literal.exec(content)?.[1]);
    if (port >= 1 && port <= 65535)
      return {
        port,
        fixed: true,
        settings: {},
        notes: [
          `Port ${port} is fixed in the source: "port" must stay ${port} until the app reads PORT from its environment.`,
        ],
      };
  }
  return {
    fixed: false,
    settings: {},
    notes: [
      'No port was found in the source: set "port" if the app does not read PORT from its environment.',
    ],
  };
}
