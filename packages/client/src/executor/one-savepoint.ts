import { InvalidArgumentError } from '../errors/engine-errors.ts';

/** Refuses a savepoint beside an open one of the same transaction: each would undo what the other did. */
export class OneSavepoint {
  #isOpen = false;

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isOpen) {
      throw new InvalidArgumentError('invalid_argument', 'a savepoint of this transaction is still open', {
        hint: 'Await one before the next, and open one inside another with what the callback is given.',
      });
    }
    this.#isOpen = true;
    try {
      return await work();
    } finally {
      this.#isOpen = false;
    }
  }
}
