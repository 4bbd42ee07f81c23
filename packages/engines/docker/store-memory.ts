import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Remembers which engines have the classic image store, so that the next build does not try the other way first. It is a hint: a wrong one
 * costs a process, nothing else.
 */
export class StoreMemory {
  private readonly endpoint = process.env['DOCKER_HOST'] ?? process.env['DOCKER_CONTEXT'] ?? 'default';

  /** @param file a JSON file, or null to remember nothing */
  constructor(private readonly file: string | null) {}

  isClassic(): boolean {
    return this.read()[this.endpoint] === 'classic';
  }

  setClassic(classic: boolean): void {
    if (!this.file) return;
    const stores = this.read();
    if (classic) stores[this.endpoint] = 'classic';
    else delete stores[this.endpoint];
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeFileSync(this.file, JSON.stringify(stores));
    } catch {
      // Only a hint.
    }
  }

  private read(): Record<string, unknown> {
    try {
      return this.file ? (JSON.parse(readFileSync(this.file, 'utf8')) as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  }
}
