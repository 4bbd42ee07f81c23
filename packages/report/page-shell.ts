import { createHash } from 'node:crypto';
import { escapeMarkup } from './markup';

/** A page that needs nothing but itself. */
export interface Page {
  /** Plain text. */
  readonly title: string;
  readonly style: string;
  /** Markup; every text in it is escaped already. */
  readonly body: readonly string[];
  /** Runs when the body is there. */
  readonly script?: string;
  /** For the script, in base64: the content of the element `#data`. */
  readonly data?: string;
}

/**
 * A whole HTML document in which only its own style and script count: the policy names them by their hashes, so markup that came in by a name could
 * neither run nor load anything. Pure.
 */
export function renderPage({ title, style, body, script, data }: Page): string {
  const sources = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${sources.join('; ')}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...body,
    '</main>',
    ...(data === undefined ? [] : [`<script type="application/octet-stream" id="data">${data}</script>`]),
    ...(script === undefined ? [] : [`<script>${script}</script>`]),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** As Content Security Policy level 3 names the content of an element. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
