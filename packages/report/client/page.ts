import { countOf } from '../count';
import { decodeFiles, splitByLayer, type FileNode } from '../file-nodes';
import { visibleText } from '../markup';
import { megabytes } from '../megabytes';
import { searchFiles } from '../search';
import { button, byId, element } from './element';
import { Treemap } from './treemap';
import { unpackPageData } from './unpack';

/** Matches that are listed below the search field. */
const mostHits = 50;

/** Milliseconds without a key before a search. */
const pause = 120;

void start();

async function start(): Promise<void> {
  openDetailsForPrint();
  const { files, layers, wasted } = await unpackPageData(byId('data').textContent);
  const byFolder = decodeFiles(files);
  let byLayer: FileNode | null = null;
  let shown = byFolder;
  const treemap = new Treemap(byFolder, layers);
  const field = byId<HTMLInputElement>('search');
  const find = () => search(field.value.trim(), shown, treemap);
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=view]'))
    radio.addEventListener('change', () => {
      const titles = layers.map(({ title }, at) => `${at + 1}: ${title}`);
      if (radio.value === 'layers') shown = byLayer ??= splitByLayer(byFolder, titles, wasted);
      else shown = byFolder;
      treemap.replaceRoot(shown);
      find();
    });
  let timer = 0;
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(find, pause);
  });
  addShortcuts(field, find);
  document.documentElement.dataset['ready'] = 'true';
}

/** `/` leads to the search field, Escape empties it. */
function addShortcuts(field: HTMLInputElement, find: () => void): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || document.activeElement instanceof HTMLInputElement) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    field.focus();
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    field.value = '';
    find();
  });
}

function search(text: string, root: FileNode, treemap: Treemap): void {
  const hits = byId('hits');
  if (text === '') {
    hits.replaceChildren();
    byId('announce').textContent = '';
    return treemap.mark(null);
  }
  const { files, bytes, largest, nodes } = searchFiles(root, text, mostHits);
  const summary = `${countOf(files, 'file')}, ${megabytes(bytes)}`;
  const list = element('ol');
  for (const { path, node } of largest) {
    const item = element('li');
    const size = `${megabytes(node.bytes)}, layer ${node.layer}`;
    item.append(
      button(visibleText(path), () => treemap.reveal(node)),
      element('span', '', size),
    );
    list.append(item);
  }
  const more = files > largest.length ? `; the ${largest.length} largest:` : '';
  hits.replaceChildren(element('p', 'soft', `${summary}${more}`), list);
  byId('announce').textContent = summary;
  treemap.mark(nodes);
}

/** What is folded on the screen is printed all the same. */
function openDetailsForPrint(): void {
  let closed: HTMLDetailsElement[] = [];
  window.addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details')].filter(({ open }) => !open);
    for (const details of closed) details.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const details of closed) details.open = false;
  });
}
