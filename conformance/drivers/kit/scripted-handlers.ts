import type { Message } from 'pgque';
import { type Instruction, perform, type Verdicts } from './perform.ts';
import { emit, type Ops } from './serve.ts';

export interface ScriptedCall {
  readonly handle: string;
  readonly message: Message;
  readonly signal: AbortSignal;
  /** Of the mode exactly-once. */
  readonly query?: ((text: string) => Promise<unknown>) | undefined;
}

/** Handlers that wait until the runner says how they end. */
export class ScriptedHandlers {
  readonly #verdicts: Verdicts;
  readonly #waiting = new Map<string, PromiseWithResolvers<Instruction>>();
  #count = 0;

  constructor(verdicts: Verdicts) {
    this.#verdicts = verdicts;
  }

  readonly ops: Ops = {
    answer: ({ call, ...instruction }: { call: string } & Instruction) => {
      const waiting = this.#waiting.get(call);
      if (!waiting) throw new Error(`no handler waits as ${call}`);
      this.#waiting.delete(call);
      // The answer to this command comes first.
      setImmediate(() => waiting.resolve(instruction));
    },
  };

  /** Announces a call, and waits for what is to become of it. */
  async enter(handle: string, message: object): Promise<{ call: string; instruction: Instruction }> {
    this.#count += 1;
    const call = `${process.pid}-${this.#count}`;
    const waiting = Promise.withResolvers<Instruction>();
    this.#waiting.set(call, waiting);
    emit('handler_enter', { handle, call, message });
    return { call, instruction: await waiting.promise };
  }

  /** A whole call of a handler in this thread. */
  async handle({ handle, message, signal, query }: ScriptedCall): Promise<void> {
    const entering = this.enter(handle, message);
    const call = `${process.pid}-${this.#count}`;
    signal.addEventListener('abort', () => emit('handler_abort', { handle, call }), { once: true });
    const { instruction } = await entering;
    if (instruction.query !== undefined) await query?.(instruction.query);
    const { do: how } = instruction;
    const exit = (): void => emit('handler_exit', { handle, call, do: how });
    const isLong = how === 'hang' || how === 'exit' || how === 'busy_loop';
    if (!isLong) exit();
    await perform(instruction, signal, this.#verdicts);
    if (isLong) exit();
  }
}
