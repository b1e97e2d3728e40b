import { threadId } from 'node:worker_threads';
import { defineHandlers } from '../../src/define-handlers.ts';

/** Answers which thread has had which payload. */
export const handlers = defineHandlers({
  '*': (message) => ({ threadId, payload: message.payload }),
});
