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

/** Ends a call of a handler as it is told, wherever the handler runs. */
export async function perform(
  { do: how, ms = 0, reason = 'told to' }: Instruction,
  signal: AbortSignal,
  verdicts: Verdicts,
): Promise<void> {
  switch (how) {
    case 'ok':
      return;
    case 'throw':
      throw new Error(reason);
    case 'retry_after':
      throw verdicts.retryAfter(ms, reason);
    case 'dead':
      throw verdicts.dead(reason);
    case 'hang':
      return await hang(signal);
    case 'busy_loop':
      return block(ms);
    case 'exit':
      return process.exit(ms);
    default:
      throw new Error(`there is no ${how}`);
  }
}

/** Until it is aborted; a timer keeps the process at work meanwhile. */
async function hang(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await delay(60_000, undefined, { signal });
  throw signal.reason;
}

/** The event loop of this thread stands still, and the processor is free for others. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
