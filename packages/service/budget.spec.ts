import { parseBudget, parseSize } from './budget';

test.each([
  ['1B', 1],
  ['200MB', 200_000_000],
  ['200 MB', 200_000_000],
  ['0.29GB', 290_000_000],
  ['1.1MB', 1_100_000],
  ['64.1MB', 64_100_000],
  ['5kB', 5000],
  ['5KB', 5000],
  ['180MiB', 188_743_680],
  ['1KiB', 1024],
  ['1.5GiB', 1_610_612_736],
])('%s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '200', 'MB', '-1MB', '1mb', '1e3MB', '1TB'])('%j is no size', (text) => {
  expect(() => parseSize(text)).toThrow(RangeError);
});

test('which of the two sizes a budget limits', () => {
  expect(parseBudget('1kB')).toEqual({ bytes: 1000, text: '1kB', of: 'uncompressed' });
  expect(parseBudget({ uncompressed: '1kB' }).of).toBe('uncompressed');
  expect(parseBudget({ compressed: '1kB' }).of).toBe('compressed');
});
