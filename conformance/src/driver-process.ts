import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseJson, toJson } from './json.ts';

/** What a driver says of itself. */
export interface Hello {
  readonly protocol: number;
  readonly client: string;
  readonly version: string;
  readonly language: string;
  readonly capabilities: readonly string[];
}

/** An answer: one of the two. */
export interface Answer {
  readonly ok?: unknown;
  readonly error?: { readonly code: string; readonly sqlstate: string | null };
}

export interface DriverEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface DriverCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

type Listener = (event: DriverEvent) => void;

/** A driver that ended while an answer of it was awaited. */
export class DriverGone extends Error {}

const keptLogLines = 60;

/** A process of a driver: commands go in, answers and events come out. */
export class DriverProcess {
  readonly exited: Promise<number | string>;
  readonly log: string[] = [];
  /** Called with each event, in the order in which they came. */
  onEvent: Listener = () => {};
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PromiseWithResolvers<Answer>>();
  #lastId = 0;
  #hasExited = false;

  constructor({ file, args, cwd, env }: DriverCommand) {
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.#note(line));
    // A command to a process that has just died is answered by its exit.
    child.stdin.on('error', () => {});
    this.exited = this.#awaitExit();
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async hello(): Promise<Hello> {
    const answer = await this.call('hello', { protocol: 1 });
    const hello = answer.ok as Hello | undefined;
    if (hello?.protocol !== 1) throw new Error(`the driver does not speak protocol 1: ${JSON.stringify(answer)}`);
    return hello;
  }

  /** Rejects with `DriverGone` when the process ends before it has answered. */
  call(op: string, args: object): Promise<Answer> {
    if (this.#hasExited) return Promise.reject(new DriverGone(`the driver has ended: ${this.#tail()}`));
    this.#lastId += 1;
    const answer = Promise.withResolvers<Answer>();
    this.#pending.set(this.#lastId, answer);
    this.#child.stdin?.write(`${toJson({ id: this.#lastId, op, args })}\n`);
    return answer.promise;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it in peace, by the end of its stdin, or else by force. */
  async end(graceMs = 10_000): Promise<void> {
    const timer = setTimeout(() => this.kill('SIGKILL'), graceMs);
    this.#child.stdin?.end();
    await this.exited;
    clearTimeout(timer);
  }

  async #awaitExit(): Promise<number | string> {
    const [code, signal] = await once(this.#child, 'close').catch((error: unknown) => {
      this.#note(String(error));
      return [null, 'ENOENT'];
    });
    this.#hasExited = true;
    for (const answer of this.#pending.values()) {
      answer.promise.catch(() => {});
      answer.reject(new DriverGone(`the driver ended with ${code ?? signal}: ${this.#tail()}`));
    }
    this.#pending.clear();
    return code ?? signal;
  }

  #take(line: string): void {
    const message = parseLine(line);
    if (!message) this.#note(`not a line of the protocol: ${line}`);
    else if ('event' in message) this.onEvent(message as unknown as DriverEvent);
    else this.#settle(message['id'] as number, message as Answer);
  }

  #settle(id: number, answer: Answer): void {
    this.#pending.get(id)?.resolve(answer);
    this.#pending.delete(id);
  }

  #note(line: string): void {
    this.log.push(line);
    if (this.log.length > keptLogLines) this.log.shift();
  }

  #tail(): string {
    return this.log.slice(-8).join('\n');
  }
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
