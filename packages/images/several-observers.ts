import type { LayerObserver } from './analyse';
import type { Descriptor } from './descriptor';
import type { TarEntry } from './tar-reader';

/** Several onlookers of one pass over an image's bytes; each sees the bodies that it asked for. */
export class SeveralObservers implements LayerObserver {
  private wanting: readonly LayerObserver[] = [];

  constructor(private readonly observers: readonly LayerObserver[]) {}

  beginLayer(layer: Descriptor, position: number): void {
    for (const observer of this.observers) observer.beginLayer(layer, position);
  }

  entry(entry: TarEntry): boolean {
    this.wanting = this.observers.filter((observer) => observer.entry(entry));
    return this.wanting.length > 0;
  }

  body(chunk: Buffer): void {
    for (const observer of this.wanting) observer.body(chunk);
  }

  end(): void {
    for (const observer of this.wanting) observer.end();
  }

  pending(): Promise<void> | undefined {
    const waits = this.observers.map((observer) => observer.pending()).filter((wait) => wait !== undefined);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }
}
