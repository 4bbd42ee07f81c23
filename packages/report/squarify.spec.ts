import fc from 'fast-check';
import { neighbour, squarify, type Rectangle } from './squarify';

const area = ({ width, height }: Rectangle) => width * height;
const overlap = (a: Rectangle, b: Rectangle) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

const values = fc
  .array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 60 })
  .map((list) => list.sort((a, b) => b - a));

it('gives every value its share of the area, inside and beside each other', () => {
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 20, max: 2000 }),
      fc.integer({ min: 20, max: 2000 }),
      (list, width, height) => {
        const box = { x: 3, y: 5, width, height };
        const cells = squarify(list, box);
        const total = list.reduce((sum, value) => sum + value, 0);
        expect(cells).toHaveLength(list.length);
        const tolerance = area(box) * 1e-6;
        cells.forEach((cell, at) => {
          expect(Math.abs(area(cell) - (area(box) * list[at]!) / total)).toBeLessThan(tolerance);
          expect(Math.abs(overlap(cell, box) - area(cell))).toBeLessThan(tolerance);
          for (const other of cells.slice(at + 1)) expect(overlap(cell, other)).toBeLessThan(tolerance);
        });
      },
    ),
  );
});

it('makes cells near to squares, and nothing of nothing', () => {
  const cells = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  const worst = Math.max(...cells.map(({ width, height }) => Math.max(width / height, height / width)));
  expect(worst).toBeLessThan(3.1);
  expect(squarify([], { x: 0, y: 0, width: 6, height: 4 })).toEqual([]);
});

it('leads an arrow key to the nearest cell on that side, and nowhere at the edge', () => {
  const cell = (x: number, y: number): Rectangle => ({ x, y, width: 10, height: 10 });
  const grid = [cell(0, 0), cell(10, 0), cell(0, 10), cell(10, 10)];
  expect(neighbour(grid, 0, 'right')).toBe(1);
  expect(neighbour(grid, 0, 'down')).toBe(2);
  expect(neighbour(grid, 3, 'left')).toBe(2);
  expect(neighbour(grid, 3, 'up')).toBe(1);
  expect(neighbour(grid, 0, 'left')).toBe(0);
  expect(neighbour(grid, 0, 'up')).toBe(0);
});
