import { cachePlaces } from './cache-places';

it.each([
  [undefined, []],
  [
    ['acme/cache:main', 'type=gha'],
    ['acme/cache:main', 'type=gha'],
  ],
  [['type=local,src=.cache/{project}'], ['type=local,src=.cache/api']],
  [['type=local', 'dest=.cache/[object Object]'], ['type=local,dest=.cache/api']],
  [
    ['type=local', 'dest=.cache/{project}', 'mode=max', 'type=registry', 'ref=acme/{project}:cache'],
    ['type=local,dest=.cache/api,mode=max', 'type=registry,ref=acme/api:cache'],
  ],
  [['dest=x,type=local', 'mode=max'], ['dest=x,type=local,mode=max']],
])('%j', (values, expected) => {
  expect(cachePlaces(values, 'api')).toEqual(expected);
});
