// The thread that sends heartbeats, on a connection of its own: a handler that blocks the event loop of the process does not
// silence it. It beats only while a batch is open, and when the server is away it tries again at each beat.
import { parentPort, workerData } from 'node:worker_threads';
import { ConsumerNotRegisteredError, openSession, PgqueError, type Session } from 'pgque';
import type { FromThread, HeartbeatData, ToThread } from './heartbeat-messages.ts';

const { direct, queue, name, member, intervalMs } = workerData as HeartbeatData;
let open: number | undefined;
let session: Session | undefined;
let isBeating = false;

async function beat(): Promise<void> {
  const batch = open;
  if (batch === undefined || isBeating) return;
  isBeating = true;
  try {
    session ??= await connect();
    if (!(await touch(session)) && open === batch)
      parentPort?.postMessage({ kind: 'lost', batch } satisfies FromThread);
  } catch (error) {
    await session?.close();
    session = undefined;
    // A password that has expired: the next thread gets a new one.
    if (error instanceof PgqueError && error.sqlstate?.startsWith('28')) throw error;
  } finally {
    isBeating = false;
  }
}

/** Whether this member still has a batch. One that was silent for long is a member no more. */
async function touch(session: Session): Promise<boolean> {
  try {
    return (await session.touchSubconsumer(queue, name, member)) === 1;
  } catch (error) {
    if (error instanceof ConsumerNotRegisteredError) return false;
    throw error;
  }
}

async function connect(): Promise<Session> {
  const connected = await openSession(direct);
  connected.closed.then(() => {
    if (session === connected) session = undefined;
  });
  return connected;
}

const timer = setInterval(() => void beat(), intervalMs);

parentPort?.on('message', async (message: ToThread) => {
  switch (message.kind) {
    case 'begin':
      open = message.batch;
      break;
    case 'end':
      if (open === message.batch) open = undefined;
      break;
    case 'close':
      open = undefined;
      clearInterval(timer);
      await session?.close();
      parentPort?.close();
      break;
  }
});
parentPort?.postMessage({ kind: 'ready' } satisfies FromThread);
