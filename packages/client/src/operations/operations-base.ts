import type { Executor } from '../executor/executor.ts';
import { requireStorable } from '../queries/encode.ts';
import type { Statement } from '../queries/statement.ts';

/** Runs statements of the engine; each area of functions is one class on top of it. */
export abstract class OperationsBase {
  readonly #executor: Executor;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** @internal */
  static executorOf(operations: OperationsBase): Executor {
    return operations.#executor;
  }

  /** Takes the statement as a function, so that an argument it refuses rejects the promise. @internal */
  protected async run<Result>(build: () => Statement<Result>): Promise<Result> {
    const statement = build();
    requireStorable(statement.values);
    return statement.read(await this.#executor.query(statement.text, statement.values));
  }
}
