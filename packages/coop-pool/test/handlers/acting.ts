// Handlers that do what their type says, at the first attempt; at the second they are good.
import { setTimeout as delay } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import type { Message } from 'pgque';
import { defineHandlers, type ThreadContext } from '../../src/define-handlers.ts';
import { burn } from '../burn.ts';

type Act = (message: Message, context: ThreadContext) => unknown;

function atFirst(act: Act): Act {
  return async (message, context) => {
    if (message.retryCount === null) await act(message, context);
    return threadId;
  };
}

const forever = new Promise(() => setInterval(() => {}, 1000));

export const handlers = defineHandlers({
  fine: () => threadId,
  'process.exit(0)': atFirst(() => process.exit(0)),
  'process.exit(7)': atFirst(() => process.exit(7)),
  'an uncaught error': atFirst(() => {
    setTimeout(() => {
      throw new RangeError('nobody catches this');
    });
    return forever;
  }),
  'an unhandled rejection': atFirst(() => {
    void Promise.reject(new RangeError('nobody catches this'));
    return forever;
  }),
  resourceLimits: atFirst(() => {
    // In small steps: what V8 allocates at once beyond its limit ends the whole process.
    let hoard: unknown;
    for (;;) hoard = { hoard };
  }),
  'an endless loop': atFirst(() => {
    for (;;);
  }),
  'a handler that never ends': atFirst(() => forever),
  'a handler that ends late': atFirst(async (_message, { signal }) => {
    await delay(60_000, undefined, { signal }).catch(() => {});
  }),
  'a handler that throws': atFirst(() => {
    throw Object.assign(new RangeError('it threw'), { code: 'E_THREW' });
  }),
  wait: async ({ payload }, { signal }) => {
    await delay((payload as { ms: number }).ms, undefined, { signal });
    return threadId;
  },
  burn: () => burn(20),
});
