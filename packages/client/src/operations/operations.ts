import type { Executor } from '../executor/executor.ts';
import { DeadLetters } from './dead-letters.ts';
import { LookingOperations } from './looking-operations.ts';

/** Every function of the engine, on whatever connection: what the client, its transactions and `using()` share. */
export class Operations extends LookingOperations {
  /** The dead letters. */
  readonly dlq: DeadLetters;

  /** @internal */
  constructor(executor: Executor) {
    super(executor);
    this.dlq = new DeadLetters(executor);
  }
}
