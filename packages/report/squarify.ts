/** A rectangle in pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts a rectangle into one for each value, as near to squares as goes, in areas that are proportional to the values: the "squarified treemap" of
 * Bruls, Huizing and van Wijk (2000).
 * @param values positive, largest first
 */
export function squarify(values: readonly number[], within: Rectangle): readonly Rectangle[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  const cells: Rectangle[] = [];
  if (total <= 0) return cells;
  const scale = (within.width * within.height) / total;
  let { x, y, width, height } = within;
  for (let start = 0; start < values.length;) {
    const side = Math.min(width, height);
    let end = start;
    let area = 0;
    let worst = Infinity;
    while (end < values.length) {
      const next = area + values[end]! * scale;
      const ratio = worstRatio(values[start]! * scale, values[end]! * scale, next, side);
      if (ratio > worst) break;
      worst = ratio;
      area = next;
      end += 1;
    }
    const thickness = side === 0 ? 0 : area / side;
    const upright = width >= height;
    let offset = 0;
    for (; start < end; start += 1) {
      const length = thickness === 0 ? 0 : (values[start]! * scale) / thickness;
      cells.push(
        upright
          ? { x, y: y + offset, width: thickness, height: length }
          : { x: x + offset, y, width: length, height: thickness },
      );
      offset += length;
    }
    if (upright) {
      x += thickness;
      width = Math.max(0, width - thickness);
    } else {
      y += thickness;
      height = Math.max(0, height - thickness);
    }
  }
  return cells;
}

/** The longest shape in a row of cells with this total area along a side. */
function worstRatio(largest: number, smallest: number, area: number, side: number): number {
  const square = side * side;
  return Math.max((square * largest) / (area * area), (area * area) / (square * smallest));
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Which cell an arrow key leads to: the nearest one on that side, the same where there is none. */
export function neighbour(cells: readonly Rectangle[], from: number, direction: Direction): number {
  const origin = middleOf(cells[from]!);
  let best = from;
  let nearest = Infinity;
  for (const [at, cell] of cells.entries()) {
    const middle = middleOf(cell);
    const [dx, dy] = [middle.x - origin.x, middle.y - origin.y];
    const along = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    const aside = direction === 'left' || direction === 'right' ? Math.abs(dy) : Math.abs(dx);
    // What lies beside the way counts double: a step to the right should not end far below.
    const distance = along + 2 * aside;
    if (at === from || along <= 0.5 || distance >= nearest) continue;
    nearest = distance;
    best = at;
  }
  return best;
}

function middleOf({ x, y, width, height }: Rectangle): { readonly x: number; readonly y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
