import type { Message } from 'pgque';
import { type Instruction, perform, type ScriptedCall, type Verdicts } from './perform.ts';
import { emit, type Ops } from './serve.ts';

export interface HandlerCall extends Pick<ScriptedCall, 'signal' | 'query'> {
  readonly handle: string;
  readonly message: Message;
}

/** Handlers of this thread that wait until the runner says how they end. */
export class ScriptedHandlers {
  readonly #verdicts: Verdicts;
  readonly #waiting = new Map<string, (instruction: Instruction) => void>();
  #count = 0;

  constructor(verdicts: Verdicts) {
    this.#verdicts = verdicts;
  }

  readonly ops: Ops = {
    answer: ({ call, ...instruction }: { call: string } & Instruction) => {
      const tell = this.#waiting.get(call);
      // The answer to this command comes first.
      setImmediate(() => tell?.(instruction));
    },
  };

  async handle({ handle, message, signal, query }: HandlerCall): Promise<void> {
    this.#count += 1;
    const call = `${process.pid}-${this.#count}`;
    const { promise: told, resolve } = Promise.withResolvers<Instruction>();
    this.#waiting.set(call, resolve);
    emit('handler_enter', { handle, call, message });
    const tell = (event: string, fields: object = {}): void => emit(event, { handle, call, ...fields });
    try {
      await perform({ told, signal, tell, verdicts: this.#verdicts, query });
    } finally {
      this.#waiting.delete(call);
    }
  }
}
