import { folderNode, type FileNode } from '../file-nodes';
import { visibleText } from '../markup';
import { squarify, type Rectangle } from '../squarify';
import { element } from './element';

/** Part of the treemap below which an entry is not drawn by itself, and most entries that are. */
const smallestShare = 1 / 2500;
const mostEntries = 300;

/** Elements of one drawing: enough for a picture, few enough to be drawn at once. */
const mostElements = 2000;

/** Folders inside each other that are drawn at once. */
const mostLevels = 3;

const headHeight = 20;

/** Entries of a folder that are drawn, largest first; the small ones are one entry, which opens like a folder. */
export function shownEntries(folder: FileNode): readonly FileNode[] {
  const sized = folder.children!.filter(({ bytes }) => bytes > 0);
  const large = sized.filter(({ bytes }, at) => at < mostEntries && bytes >= folder.bytes * smallestShare);
  const small = sized.slice(large.length);
  if (small.length < 2) return sized;
  const rest = folderNode(`${small.length} smaller entries`, folder);
  rest.children!.push(...small);
  for (const { bytes, files } of small) {
    rest.bytes += bytes;
    rest.files += files;
  }
  rest.layer = small[0]!.layer;
  return [...large, rest].sort((a, b) => b.bytes - a.bytes);
}

/** How one drawing is made. */
export interface Drawing {
  /** Class of a layer's colour. */
  readonly colourOf: (node: FileNode) => string;
  readonly isDim: (node: FileNode) => boolean;
  left: number;
}

export function newDrawing(colours: Pick<Drawing, 'colourOf' | 'isDim'>): Drawing {
  return { ...colours, left: mostElements };
}

/** Makes an element the cell of a node, with its inner cells. Positions are shares of what it lies in, so that it scales with it. */
export function drawCell<T extends HTMLElement>(
  made: T,
  node: FileNode,
  cell: Rectangle,
  outer: Rectangle,
  drawing: Drawing,
  level = 1,
): T {
  drawing.left -= 1;
  made.className = `cell ${drawing.colourOf(node)}${drawing.isDim(node) ? ' dim' : ''}`;
  const share = (part: number, whole: number) => `${(100 * part) / whole}%`;
  made.style.left = share(cell.x - outer.x, outer.width);
  made.style.top = share(cell.y - outer.y, outer.height);
  made.style.width = share(cell.width, outer.width);
  made.style.height = share(cell.height, outer.height);
  if (cell.width > 46 && cell.height > 16) {
    const label = element('span', 'label');
    label.append(element('b', '', visibleText(node.name)));
    made.append(label);
  }
  if (node.children && level < mostLevels) drawInside(made, node, cell, drawing, level);
  return made;
}

function drawInside(
  made: HTMLElement,
  folder: FileNode,
  cell: Rectangle,
  drawing: Drawing,
  level: number,
): void {
  const inner = {
    x: cell.x + 2,
    y: cell.y + headHeight,
    width: cell.width - 6,
    height: cell.height - headHeight - 4,
  };
  if (inner.width < 40 || inner.height < 24) return;
  const scale = (inner.width * inner.height) / folder.bytes;
  const entries = shownEntries(folder).filter(({ bytes }) => bytes * scale > 40);
  const weights = entries.map(({ bytes }) => bytes);
  // What is too small to be drawn leaves its area empty.
  const drawn = weights.reduce((sum, bytes) => sum + bytes, 0) / folder.bytes;
  const rectangles = squarify(weights, { ...inner, height: inner.height * drawn });
  const box = { ...cell, width: cell.width - 2, height: cell.height - 2 };
  for (const [at, rectangle] of rectangles.entries()) {
    if (drawing.left <= 0) return;
    made.append(drawCell(element('span'), entries[at]!, rectangle, box, drawing, level + 1));
  }
}
