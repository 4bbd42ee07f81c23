import { parseRange, quantityValue } from './quantity';

test.each([
  ['250m..1', '250m', '1'],
  ['512Mi', '512Mi', '512Mi'],
  [0.5, '0.5', '0.5'],
])('%s', (range, request, limit) => {
  expect(parseRange(range)).toEqual({ request, limit });
});

test.each([
  ['700m', 0.7],
  ['0.7', 0.7],
  ['2', 2],
  ['1k', 1000],
  ['1Ki', 1024],
  ['1.5Gi', 1_610_612_736],
])('%s is %d', (quantity, value) => {
  expect(quantityValue(quantity)).toBe(value);
});

test.each(['', 'm', '1x', '-1', '1e3'])('%j is no quantity', (text) => {
  expect(quantityValue(text)).toBeNaN();
});
