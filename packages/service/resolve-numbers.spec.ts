import fc from 'fast-check';
import { acmeStack, runtimeDefaults } from './fixture-arbitraries';
import { resolveService, type OtherService } from './resolve-service';
import type { ServiceDescription } from './service.gen';
import type { ProjectFacts, Stack } from './types';

const api: ProjectFacts = { name: 'api', root: 'apps/api' };

function resolve(description: Partial<ServiceDescription> = {}, more: More = {}) {
  const { facts = api, stack = acmeStack, others = [] } = more;
  return resolveService({ runtime: 'node', ...description }, facts, stack, runtimeDefaults, others);
}

interface More {
  readonly facts?: ProjectFacts;
  readonly stack?: Stack;
  readonly others?: readonly OtherService[];
}

describe('user ids', () => {
  test('explicit ones stay, the next free one is taken otherwise', () => {
    const others = [
      { name: 'a', uid: 1001 },
      { name: 'b', uid: 1003 },
    ];
    expect(resolve({ uid: 2000 }, { others }).uid).toBe(2000);
    expect(resolve({}, { others })).toMatchObject({ uid: 1002, gid: 1002 });
    expect(resolve({ gid: 5000 }, { others })).toMatchObject({ uid: 1002, gid: 5000 });
  });

  test('the service itself among the others does not count', () => {
    expect(resolve({ uid: 1001, port: 80 }, { others: [{ name: 'api', uid: 1001, port: 80 }] }).uid).toBe(
      1001,
    );
  });

  test('services without one get different ones, whoever asks first and in whatever order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 12 }),
        fc.array(fc.option(fc.integer({ min: 1001, max: 1010 }), { nil: undefined }), {
          minLength: 12,
          maxLength: 12,
        }),
        (names, uids) => {
          const taken = new Set<number>();
          const all = names.map((name, i) => {
            const uid = uids[i];
            if (uid === undefined || taken.has(uid)) return { name };
            taken.add(uid);
            return { name, uid };
          });
          const given = all.map(
            ({ name, uid }) =>
              resolve(uid === undefined ? {} : { uid }, {
                facts: { name, root: name },
                others: [...all].reverse(),
              }).uid,
          );
          expect(new Set(given).size).toBe(names.length);
        },
      ),
    );
  });

  test('none left', () => {
    const stack = { ...acmeStack, defaults: { ...acmeStack.defaults, uidStart: 65533 } };
    expect(() => resolve({}, { stack, others: [{ name: 'a', uid: 65533 }] })).toThrow(
      'no user id is free up to 65533',
    );
  });
});

describe('ports', () => {
  test('a port that nobody chose gives way', () => {
    const others = [
      { name: 'a', port: 3000 },
      { name: 'b', port: 3001 },
    ];
    expect(resolve({}, { others }).port).toBe(3002);
    expect(resolve({}, { others, facts: { ...api, detected: { port: 3001 } } }).port).toBe(3002);
  });

  test('a chosen one does not', () => {
    expect(() => resolve({ port: 3000 }, { others: [{ name: 'web', port: 3000 }] })).toThrow(
      'apps/api/toolbox.yaml: port: 3000 is the port of web already. 3001 is free',
    );
  });

  test('after the last port the search starts anew', () => {
    expect(
      resolve({}, { others: [{ name: 'a', port: 65535 }], facts: { ...api, detected: { port: 65535 } } })
        .port,
    ).toBe(1024);
  });
});
