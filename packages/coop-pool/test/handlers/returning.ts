// Returns and throws what cannot be cloned, and what can.
import { DeadLetterError, RetryLaterError } from '@pgque/consumer';
import { defineHandlers } from '../../src/define-handlers.ts';

class OutOfPaper extends Error {
  override readonly name = 'OutOfPaper';
  readonly code = 'E_PAPER';
  readonly printer = () => 'a function cannot be cloned';
}

export const handlers = defineHandlers({
  payload: ({ payload }) => payload,
  message: (message) => message,
  'a function': () => () => {},
  'a custom error': () => {
    throw new OutOfPaper('no paper');
  },
  'a range error': () => {
    throw new RangeError('too far', { cause: new Error('a step') });
  },
  'an error with the name of another': () => {
    throw Object.assign(new Error('later'), { name: 'RetryLaterError', afterMs: 'soon' });
  },
  'a text': () => {
    throw 'just a text';
  },
  'a dead letter': () => {
    throw new DeadLetterError('never');
  },
  later: () => {
    throw new RetryLaterError('7m', 'at another time');
  },
});
