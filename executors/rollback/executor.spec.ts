import type { KeptDeployment, Result } from '../../packages/cluster/records';
import { chooseRecord } from './executor';

const kept = (...results: readonly Result[]) =>
  results.map(
    (result, at) => ({ record: { number: at + 1, result }, objects: [] }) as unknown as KeptDeployment,
  );
const chosen = (list: readonly KeptDeployment[], to?: number) =>
  chooseRecord(list, to, 'api: staging').record.number;

it.each<[string, readonly Result[], number]>([
  ['the one before the present', ['succeeded', 'succeeded'], 1],
  ['past what was rolled back anyway', ['succeeded', 'succeeded', 'rolled-back', 'refused'], 1],
  ['the last that worked, after one that was cut off', ['succeeded', 'succeeded', 'interrupted'], 2],
  ['the last that worked, after one that could not be rolled back', ['succeeded', 'failed'], 1],
])('goes back to %s', (_, results, number) => expect(chosen(kept(...results))).toBe(number));

it('goes to a given one, if it worked', () => {
  expect(chosen(kept('succeeded', 'succeeded', 'succeeded'), 1)).toBe(1);
  expect(() => chosen(kept('succeeded', 'rolled-back', 'succeeded'), 2)).toThrow(
    'api: staging: there is no deployment 2 that worked. Use 1 or 3.',
  );
});

it.each<[readonly Result[]]>([[[]], [['succeeded']], [['rolled-back']]])(
  'has nothing to go back to: %j',
  (results) => expect(() => chosen(kept(...results))).toThrow('nothing to go back to'),
);
