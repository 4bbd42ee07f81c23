import type { PageData } from '../page-data';

/** Reads what `packPageData` packed, from the page itself: nothing is requested. */
export async function unpackPageData(text: string): Promise<PageData> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return (await new Response(stream).json()) as PageData;
}
