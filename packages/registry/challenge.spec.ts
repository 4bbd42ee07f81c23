import { parseChallenge } from './challenge';

it.each<[string | undefined, ReturnType<typeof parseChallenge>]>([
  [undefined, null],
  ['Negotiate', null],
  ['Basic', { scheme: 'basic' }],
  ['basic realm="a, b"', { scheme: 'basic' }],
  [
    'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a:pull,push repository:b:pull"',
    {
      scheme: 'bearer',
      realm: 'https://auth.example.com/token',
      service: 'registry',
      scopes: ['repository:a:pull,push', 'repository:b:pull'],
    },
  ],
  [
    'Basic realm="x", Bearer realm="https://auth.example.com/token"',
    { scheme: 'bearer', realm: 'https://auth.example.com/token', service: null, scopes: [] },
  ],
  ['Bearer service="no realm"', null],
])('reads %s', (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge);
});
