import { detectHealth } from './health-route';

const files = (...contents: string[]) =>
  contents.map((content, index) => ({ path: `src/${index}.ts`, content }));

describe('health routes', () => {
  it.each([
    [`app.get('/health', handler)`, '/health'],
    ['router.get(`/healthz`, handler)', '/healthz'],
    [`app.get("/api/health", handler)`, '/api/health'],
    [`server.route({ method: 'GET', url: '/livez', handler })`, '/livez'],
    [`if (req.url === '/ping') res.end()`, '/ping'],
    [`app.get<{ Reply: string }>('/health-check', handler)`, '/health-check'],
  ])('%s', (content, path) => {
    const probe = { kind: 'http', path };
    expect(detectHealth(files(content), 'express')).toEqual({ live: probe, ready: probe });
  });

  it('takes a route of its own for readiness', () => {
    const content = `app.get('/ready', r); app.get('/healthz', h); app.get('/health', h);`;
    expect(detectHealth(files(content), 'fastify')).toEqual({
      live: { kind: 'http', path: '/health' },
      ready: { kind: 'http', path: '/ready' },
    });
  });

  it.each([`app.get('/users', h)`, `await fetch(base + '/health')`, `app.post('/health', h)`])(
    'finds none in %s',
    (content) => {
      expect(detectHealth(files(content), 'express')).toEqual({});
    },
  );

  it.each([
    [`@Controller('health')\nclass C { @Get() check() {} }`, `app.setGlobalPrefix('api')`, '/api/health'],
    [`@Controller({ path: 'health' })\nclass C { @Get('live') check() {} }`, '', '/health/live'],
    [
      `@Controller()\nclass C { @Get('healthz') check() {} }`,
      `const globalPrefix = 'v1'; app.setGlobalPrefix(globalPrefix);`,
      '/v1/healthz',
    ],
  ])('of Nest: %j with %j', (controller, main, path) => {
    expect(detectHealth(files(main, controller), 'nest').live).toEqual({ kind: 'http', path });
  });
});
