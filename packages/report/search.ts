import type { FileNode } from './file-nodes';

/** What of a tree has a text in its path. */
export interface Matches {
  /** Files that match and what they weigh together. */
  readonly files: number;
  readonly bytes: number;
  /** The largest of them, largest first. */
  readonly largest: readonly { readonly path: string; readonly node: FileNode }[];
  /** Files that match, and all folders above them. */
  readonly nodes: ReadonlySet<FileNode>;
}

/**
 * Files whose path holds the text, capitals or not.
 * @param most how many of the largest are listed
 */
export function searchFiles(root: FileNode, text: string, most: number): Matches {
  const wanted = text.toLowerCase();
  const found: { path: string; node: FileNode }[] = [];
  const nodes = new Set<FileNode>();
  const visit = (node: FileNode, path: string): boolean => {
    if (!node.children) {
      if (!path.toLowerCase().includes(wanted)) return false;
      found.push({ path, node });
      nodes.add(node);
      return true;
    }
    let any = false;
    for (const child of node.children)
      if (visit(child, path === '' ? child.name : `${path}/${child.name}`)) any = true;
    if (any) nodes.add(node);
    return any;
  };
  visit(root, '');
  found.sort((a, b) => b.node.bytes - a.node.bytes);
  return {
    files: found.length,
    bytes: found.reduce((sum, { node }) => sum + node.bytes, 0),
    largest: found.slice(0, most),
    nodes,
  };
}
