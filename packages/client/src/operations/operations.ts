import type { Queryable } from '../executor/executor.ts';
import type { Instrumentation } from '../instrumentation.ts';
import { DeadLetters } from './dead-letters.ts';
import { LookingOperations } from './looking-operations.ts';

/** Every function of the engine, on whatever connection: what the client, its transactions and `using()` share. */
export class Operations extends LookingOperations {
  /** The dead letters. */
  readonly dlq: DeadLetters;

  /** @internal */
  constructor(executor: Queryable, instrumentation?: Instrumentation) {
    super(executor, instrumentation);
    this.dlq = new DeadLetters(executor);
  }
}
