import { listChoices, nearestChoice, suggest } from './choices';

test('lists', () => {
  expect(listChoices([])).toBe('');
  expect(listChoices(['a'])).toBe('a');
  expect(listChoices(['a', 'b', 'c'])).toBe('a, b or c');
});

test.each([
  ['prot', 'port'],
  ['Port', 'port'],
  ['helth', 'health'],
  ['resource', 'resources'],
  ['enviroment', null],
  ['x', null],
  ['', null],
  ['y'.repeat(10_000), null],
])('%s is near %s', (word, nearest) => {
  expect(nearestChoice(word, ['port', 'health', 'resources', 'uid', 'env'])).toBe(nearest);
});

test('without a near one all are told', () => {
  expect(suggest('x', ['docker', 'podman'])).toBe('Use docker or podman.');
  expect(suggest('dockr', ['docker', 'podman'])).toBe('Did you mean docker?');
  expect(suggest('x', [])).toBe('');
});
