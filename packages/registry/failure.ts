import { RegistryError, TransientError } from './registry-error';
import { readSmall, type HttpResponse } from './transport';

/** What the request was about, for a message: `acme/api`, and what was to be done there. */
export interface Subject {
  readonly registry: string;
  readonly repository: string | null;
}

const transientStatuses = [408, 425, 429, 500, 502, 503, 504];

/** The error behind a response that was not expected. Reads its body. */
export async function failureOf(
  response: HttpResponse,
  { registry, repository }: Subject,
  redact: (text: string) => string,
): Promise<RegistryError> {
  const { code, message } = await saidBy(response);
  const where = repository === null ? registry : `${registry}/${repository}`;
  const said = redact(code || message ? ` (${[code, message].filter(Boolean).join(': ')})` : '');
  const { status } = response;
  if (status === 401 || status === 403)
    return new RegistryError(
      `${where}: no permission${said}. Ask for the right to push there, or log in as somebody else: docker login ${registry}`,
    );
  if (status === 405 || code === 'UNSUPPORTED')
    return new RegistryError(
      `${where}: the registry is read-only${said}. Push to another one, or ask who runs it.`,
    );
  if (status === 413)
    return new RegistryError(
      `${where}: the registry, or a proxy before it, takes no upload of that size${said}.`,
    );
  if (status === 507 || /no space left/i.test(message))
    return new RegistryError(`${where}: the registry's disk is full${said}.`);
  if (transientStatuses.includes(status))
    return new TransientError(
      status === 429
        ? `${where}: too many requests${said}. Try again later.`
        : `${where}: the registry answered ${status}${said}. Its log says why; a full disk is a common cause.`,
      retryAfter(response.headers['retry-after']),
    );
  if (code === 'NAME_UNKNOWN' || status === 404)
    return new RegistryError(
      `${where}: does not exist there${said}. Create the repository, or correct its name.`,
    );
  return new RegistryError(`${where}: the registry answered ${status}${said}.`);
}

/** The error behind a request that got no response. */
export function networkFailure(
  error: unknown,
  host: string,
  redact: (text: string) => string,
): RegistryError {
  if (error instanceof RegistryError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND')
    return new RegistryError(`${host}: there is no such host. Correct the registry's name.`);
  if (code === 'ECONNREFUSED')
    return new TransientError(
      `${host}: nothing answers there (connection refused). Is the registry running?`,
    );
  if (isTlsMismatch(error))
    return new RegistryError(
      `${host}: does not speak TLS. If plain http is meant, name it: --insecureRegistries=${host}`,
    );
  if (/^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/.test(code))
    return new RegistryError(
      `${host}: its certificate is not trusted (${code}). Name the file of its authority in TOOLBOX_CA_FILE.`,
    );
  if (code === 'ETIMEDOUT') return new TransientError(`${host}: gave no answer in time. Try again later.`);
  if (isCut(code)) return new TransientError(`${host}: the connection was cut (${code}). Try again.`);
  if (code === 'EAI_AGAIN')
    return new TransientError(`${host}: its name cannot be looked up at the moment. Check the network.`);
  return new RegistryError(`${host}: ${redact(message).split('\n')[0]}`);
}

/** A plain http server that was spoken to in TLS. */
export function isTlsMismatch(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}

function isCut(code: string): boolean {
  return [
    'ECONNRESET',
    'EPIPE',
    'ECONNABORTED',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'ENETDOWN',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ERR_STREAM_DESTROYED',
    'ABORT_ERR',
  ].includes(code);
}

/** First error of the distribution specification's error body; a body that is none says nothing. */
async function saidBy(response: HttpResponse): Promise<{ code: string; message: string }> {
  try {
    const text = (await readSmall(response.body, 64 * 1024)).toString('utf8');
    const { errors } = JSON.parse(text) as {
      errors?: readonly { code?: unknown; message?: unknown; detail?: unknown }[];
    };
    const { code, message, detail } = errors?.[0] ?? {};
    const more = typeof detail === 'string' ? detail : '';
    return { code: inOneLine(code), message: inOneLine([message, more].filter(Boolean).join('; ')) };
  } catch {
    return { code: '', message: '' };
  }
}

function inOneLine(value: unknown): string {
  // eslint-disable-next-line no-control-regex -- a registry's text must not steer the terminal
  return typeof value === 'string' ? value.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 200) : '';
}

/** Milliseconds, from seconds or a date; null where the registry did not say. */
function retryAfter(header: string | undefined): number | null {
  if (!header) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
