// The thread that sends heartbeats for all members of a client, on a connection of its own: a handler that blocks the event
// loop of the process does not silence it. It beats only while a batch is open, and when the server is away it tries again at
// each beat.
import { parentPort, workerData } from 'node:worker_threads';
import { openSession, PgqueError, type Session } from 'pgque';
import { Beats, touch } from './beats.ts';
import type { FromThread, HeartbeatData, HeartbeatTarget, ToThread } from './heartbeat-messages.ts';

const { direct } = workerData as HeartbeatData;
let connecting: Promise<Session> | undefined;

/** One after the other, on one connection. */
let turn: Promise<unknown> = Promise.resolve();

const beats = new Beats(inTurn, (batch) => parentPort?.postMessage({ kind: 'lost', batch } satisfies FromThread));

function inTurn(target: HeartbeatTarget): Promise<boolean | undefined> {
  const result = turn.then(() => beat(target));
  turn = result.catch(() => {});
  return result;
}

async function beat(target: HeartbeatTarget): Promise<boolean | undefined> {
  connecting ??= connect();
  const connection = connecting;
  try {
    return await touch(await connection, target);
  } catch (error) {
    if (connecting === connection) connecting = undefined;
    await connection.then((session) => session.close()).catch(() => {});
    // A password that has expired: the next thread gets a new one.
    if (error instanceof PgqueError && error.sqlstate?.startsWith('28')) throw error;
    return undefined;
  }
}

async function connect(): Promise<Session> {
  const session = await openSession(direct);
  const connection = connecting;
  void session.closed.then(() => {
    if (connecting === connection) connecting = undefined;
  });
  return session;
}

parentPort?.on('message', async (message: ToThread) => {
  switch (message.kind) {
    case 'begin':
      beats.begin(message.batch, message.target);
      break;
    case 'end':
      beats.end(message.batch);
      break;
    case 'close':
      beats.close();
      await (await connecting?.catch(() => undefined))?.close();
      parentPort?.close();
      break;
  }
});
parentPort?.postMessage({ kind: 'ready' } satisfies FromThread);
