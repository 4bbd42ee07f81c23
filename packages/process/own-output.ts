import { AsyncLocalStorage } from 'node:async_hooks';

type Sink = (text: string) => void;

const sinks = new AsyncLocalStorage<Sink>();
let divided = false;

/**
 * Runs `action`, and hands `sink` what is written to standard output and error meanwhile by it, by what it calls and by the programs that it
 * starts through `run`, in the order of their arrival. What others in this process write goes where it went before: several actions at once
 * keep their output apart. A program that is given the terminal itself (`output: 'inherit'`) is out of reach.
 */
export function withOwnOutput<T>(sink: Sink, action: () => Promise<T>): Promise<T> {
  if (!divided) {
    divided = true;
    divide(process.stdout);
    divide(process.stderr);
  }
  return sinks.run(sink, action);
}

function divide(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    const sink = sinks.getStore();
    if (!sink) return write(chunk, ...rest);
    sink(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const done = rest.find((value): value is () => void => typeof value === 'function');
    if (done) process.nextTick(done);
    return true;
  }) as typeof stream.write;
}
