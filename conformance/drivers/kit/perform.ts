import { setTimeout as delay } from 'node:timers/promises';

/** How the runner wants a call of a handler to end. */
export interface Instruction {
  readonly do: string;
  readonly ms?: number;
  readonly reason?: string;
  readonly query?: string;
}

/** What a client has for two of the ends of a handler. */
export interface Verdicts {
  readonly retryAfter: (ms: number, reason: string) => Error;
  readonly dead: (reason: string) => Error;
}

/** A call of a handler, wherever it runs. */
export interface ScriptedCall {
  readonly told: Promise<Instruction>;
  readonly signal: AbortSignal;
  /** Tells the runner of an event of this call. */
  readonly tell: (event: 'handler_exit' | 'handler_abort', fields?: object) => void;
  readonly verdicts: Verdicts;
  /** Of the mode exactly-once. */
  readonly query?: ((text: string) => Promise<unknown>) | undefined;
}

/** Waits until the runner says how the call ends, or until it is aborted, and ends so. */
export async function perform({ told, signal, tell, verdicts, query }: ScriptedCall): Promise<void> {
  signal.addEventListener('abort', () => tell('handler_abort'), { once: true });
  const instruction = await Promise.race([told, abortion(signal)]);
  const { do: how, ms = 0, reason = 'told to' } = instruction;
  if (instruction.query !== undefined) await query?.(instruction.query);
  if (how === 'hang') return await abortion(signal);
  if (how === 'exit') process.exit(ms);
  if (how === 'busy_loop') block(ms);
  tell('handler_exit', { do: how });
  if (how === 'throw') throw new Error(reason);
  if (how === 'retry_after') throw verdicts.retryAfter(ms, reason);
  if (how === 'dead') throw verdicts.dead(reason);
}

/** Rejects when it is aborted; a timer keeps the process at work meanwhile. */
async function abortion(signal: AbortSignal): Promise<never> {
  for (;;) await delay(60_000, undefined, { signal });
}

/** The event loop of this thread stands still, and the processor is free for others. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
