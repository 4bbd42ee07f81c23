import { countOf } from '../count';
import { namesTo, type FileNode } from '../file-nodes';
import { visibleText } from '../markup';
import { megabytes } from '../megabytes';
import type { LayerTitle } from '../page-data';
import { neighbour, squarify, type Direction, type Rectangle } from '../squarify';
import { drawCell, newDrawing, shownEntries } from './cells';
import { button, byId, element } from './element';

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The treemap: one folder at a time, its entries as buttons of which one is in the order of focus. */
export class Treemap {
  private readonly map = byId('map');
  /** From the root to the folder that is shown. */
  private trail: FileNode[] = [];
  private entries: readonly FileNode[] = [];
  private rectangles: readonly Rectangle[] = [];
  private active = 0;
  private marked: ReadonlySet<FileNode> | null = null;

  constructor(
    private root: FileNode,
    private readonly layers: readonly LayerTitle[],
  ) {
    this.map.addEventListener('keydown', (event) => this.press(event));
    let width = 0;
    new ResizeObserver(() => {
      if (Math.abs(this.map.clientWidth - width) < 2) return;
      width = this.map.clientWidth;
      this.draw();
    }).observe(this.map);
    this.show([root]);
  }

  /** Shows another tree. */
  replaceRoot(root: FileNode): void {
    this.root = root;
    this.marked = null;
    this.show([root]);
  }

  /** Dims what is not among these; null dims nothing. */
  mark(nodes: ReadonlySet<FileNode> | null): void {
    this.marked = nodes;
    this.draw();
  }

  /** Shows the folder of a node and puts the focus on the node. */
  reveal(node: FileNode): void {
    const trail: FileNode[] = [];
    for (let at = node.parent; at; at = at.parent) trail.unshift(at);
    this.show(trail, node);
    this.focus();
  }

  private show(trail: FileNode[], chosen?: FileNode): void {
    this.trail = trail;
    this.entries = shownEntries(this.folder);
    const at = this.entries.findIndex(
      (entry) => chosen && (entry === chosen || entry.children?.includes(chosen)),
    );
    // It is one of the small entries.
    if (chosen && at >= 0 && this.entries[at] !== chosen)
      return this.show([...trail, this.entries[at]!], chosen);
    this.active = Math.max(0, at);
    this.drawCrumbs();
    this.draw();
    this.tell(this.entries[at] ?? this.folder);
  }

  private get folder(): FileNode {
    return this.trail.at(-1)!;
  }

  private open(node: FileNode): void {
    if (!node.children) return this.tell(node);
    this.show([...this.trail, node]);
    this.focus();
    byId('announce').textContent = this.describe(node);
  }

  private close(): void {
    if (this.trail.length < 2) return;
    const left = this.folder;
    this.show(this.trail.slice(0, -1), this.isReal(left) ? left : undefined);
    this.focus();
    byId('announce').textContent = this.describe(this.folder);
  }

  private isReal(node: FileNode): boolean {
    return node.parent?.children?.includes(node) ?? true;
  }

  private draw(): void {
    const hadFocus = this.map.contains(document.activeElement);
    const box = { x: 0, y: 0, width: this.map.clientWidth, height: this.map.clientHeight };
    this.rectangles = squarify(
      this.entries.map(({ bytes }) => bytes),
      box,
    );
    const drawing = newDrawing({
      colourOf: ({ layer }) => `c${this.layers[layer - 1]?.colour ?? 0}`,
      isDim: (node) => this.marked !== null && !this.isMarked(node),
    });
    // Large ones first: where the elements end, the small ones go without an inside.
    const cells = this.rectangles.map((cell, at) => {
      const node = this.entries[at]!;
      const made = drawCell(
        button('', () => {
          this.active = at;
          this.open(node);
        }),
        node,
        cell,
        box,
        drawing,
      );
      made.setAttribute('aria-label', this.describe(node));
      made.tabIndex = at === this.active ? 0 : -1;
      made.addEventListener('focus', () => this.activate(at));
      made.addEventListener('pointerenter', () => this.tell(node));
      return made;
    });
    this.map.replaceChildren(
      ...(cells.length > 0 ? cells : [element('p', 'soft', 'Nothing in here has bytes of its own.')]),
    );
    if (hadFocus) this.focus();
  }

  private isMarked(node: FileNode): boolean {
    return (
      this.marked!.has(node) || (!this.isReal(node) && node.children!.some((one) => this.marked!.has(one)))
    );
  }

  private drawCrumbs(): void {
    const items = this.trail.map((node, at) => {
      const item = element('li');
      const name = at === 0 ? 'image' : visibleText(node.name);
      const last = at === this.trail.length - 1;
      const crumb = button(name, () => {
        if (last) return;
        this.show(this.trail.slice(0, at + 1));
        this.focus();
      });
      if (last) crumb.setAttribute('aria-current', 'location');
      item.append(crumb);
      return item;
    });
    byId('crumbs').replaceChildren(...items);
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = arrows[event.key];
    if (direction && this.rectangles.length > 0)
      this.activate(neighbour(this.rectangles, this.active, direction));
    else if (event.key === 'Home') this.activate(0);
    else if (event.key === 'End') this.activate(this.entries.length - 1);
    else if (event.key === 'Backspace' || event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
    if (direction || event.key === 'Home' || event.key === 'End') this.focus();
  }

  private activate(at: number): void {
    const cells = [...this.map.children] as HTMLElement[];
    const old = cells[this.active];
    if (old) old.tabIndex = -1;
    this.active = at;
    const cell = cells[at];
    if (cell) cell.tabIndex = 0;
    const node = this.entries[at];
    if (node) this.tell(node);
  }

  private focus(): void {
    const cell = this.map.children[this.active];
    if (cell instanceof HTMLButtonElement) cell.focus({ preventScroll: true });
    else this.map.focus();
  }

  private tell(node: FileNode): void {
    byId('status').textContent = this.describe(node, true);
  }

  /** A node in words. */
  private describe(node: FileNode, whole = false): string {
    const names = whole && this.isReal(node) ? namesTo(node) : [node.name];
    const percent = this.root.bytes === 0 ? 0 : (100 * node.bytes) / this.root.bytes;
    const layer = this.layers[node.layer - 1];
    const parts = [
      node.parent ? visibleText(names.join('/')) : 'The image',
      node.children ? countOf(node.files, 'file') : (node.wasted ?? 'file'),
      megabytes(node.bytes),
      `${percent.toFixed(1)} % of all`,
      layer ? `${node.children ? 'mostly ' : ''}layer ${node.layer}${whole ? ` (${layer.title})` : ''}` : '',
    ];
    return parts.filter((part) => part !== '').join(', ');
  }
}
