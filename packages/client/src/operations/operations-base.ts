import type { Queryable } from '../executor/executor.ts';
import type { Headers } from '../headers.ts';
import type { Instrumentation } from '../instrumentation.ts';
import { requireStorable } from '../queries/encode.ts';
import type { Statement } from '../queries/statement.ts';

/** Runs statements of the engine; each area of functions is one class on top of it. */
export abstract class OperationsBase {
  /** What traces and measures what is done here. */
  readonly instrumentation: Instrumentation | undefined;
  readonly #executor: Queryable;

  constructor(executor: Queryable, instrumentation?: Instrumentation) {
    this.#executor = executor;
    this.instrumentation = instrumentation;
  }

  /** @internal */
  static executorOf(operations: OperationsBase): Queryable {
    return operations.#executor;
  }

  /** Takes the statement as a function, so that an argument it refuses rejects the promise. @internal */
  protected async run<Result>(build: () => Statement<Result>): Promise<Result> {
    const statement = build();
    requireStorable(statement.values);
    return statement.read(await this.#executor.query(statement.text, statement.values));
  }

  /** Runs a call that sends events under the instrumentation, if there is one. @internal */
  protected traced<Result>(
    queue: string,
    count: number,
    send: (headers?: Headers) => Promise<Result>,
  ): Promise<Result> {
    return this.instrumentation ? this.instrumentation.send({ queue, count }, send) : send();
  }
}
