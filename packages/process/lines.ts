/** Cuts a stream of text into lines, so that a value split over two chunks is still seen whole. */
export class LineSplitter {
  private rest = '';

  /** `end` is the line's own terminator, empty for a last line without one. */
  constructor(private readonly onLine: (line: string, end: string) => void) {}

  write(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line, '\n');
  }

  end(): void {
    if (this.rest !== '') this.onLine(this.rest, '');
    this.rest = '';
  }
}
