// What runs in a thread of a pool: it loads the file of handlers, says which types there are, and then runs handlers for as
// long as it is told to. It knows nothing of queues, and shares nothing with other threads.
import { parentPort } from 'node:worker_threads';
import type { HandlersModule } from '../define-handlers.ts';
import { encodeError } from '../sent-error.ts';
import { decodeMessage } from '../sent-message.ts';
import type { FromThread, Setup, ToThread } from '../thread-messages.ts';
import { loadHandlers } from './load-handlers.ts';

/** For what a module has left open, such as a pool of connections: then the thread ends all the same. */
const lingerMs = 200;

parentPort?.once('message', (setup: Setup) => void serve(setup));

async function serve({ port, handlers: file, wantsResults }: Setup): Promise<void> {
  const post = (message: FromThread): void => port.postMessage(message);
  const running = new Map<number, AbortController>();
  let module: HandlersModule;
  try {
    module = await loadHandlers(file);
  } catch (error) {
    post({ kind: 'unloadable', error: encodeError(error) });
    return end();
  }
  // An object would also have what every object inherits.
  const handlers = new Map(Object.entries(module.handlers));
  let isClosing = false;
  port.on('message', (message: ToThread) => {
    if (message.kind === 'run') void run(message);
    else if (message.kind === 'abort') abort(message);
    else void close();
  });
  // A message that cannot be read would never get an answer.
  port.on('messageerror', (error) => {
    throw error;
  });
  post({ kind: 'ready', types: [...handlers.keys()] });

  async function run({ id, message: sent }: ToThread & { kind: 'run' }): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const message = decodeMessage(sent);
      const handle = (message.type === null ? undefined : handlers.get(message.type)) ?? handlers.get('*');
      if (!handle) throw new Error(`this thread has no handler for type ${JSON.stringify(message.type)}`);
      const result = await handle(message as never, { signal: controller.signal });
      post(wantsResults ? { kind: 'done', id, result } : { kind: 'done', id });
    } catch (error) {
      post({ kind: 'failed', id, error: encodeError(error) });
    } finally {
      running.delete(id);
    }
  }

  function abort({ id, reason }: ToThread & { kind: 'abort' }): void {
    running.get(id)?.abort(new Error(reason));
    post({ kind: 'aborting', id });
  }

  async function close(): Promise<void> {
    if (isClosing) return;
    isClosing = true;
    try {
      await module.close?.();
    } finally {
      end();
    }
  }

  function end(): void {
    port.close();
    setTimeout(() => process.exit(), lingerMs).unref();
  }
}
