import { randomUUID } from 'node:crypto';
import { type Client, openSession, type Session } from 'pgque';
import { unlessAborted } from './aborted.ts';

export interface LeaseOptions {
  /** How long this process may be silent. */
  readonly leaseMs: number;
  /** Ends the attempt, not the session. */
  readonly signal: AbortSignal;
}

const probeTimeoutMs = 2000;
const deafRetryMs = 60_000;
/** Clients whose direct address is a pooler's, and until when that is taken for granted. */
const pooled = new WeakMap<Client, number>();

/**
 * Opens a connection of its own for locks that belong to a session. The server ends it when nothing was heard from this
 * process for so long: one that is frozen, or cut off from the network, must not keep a lock that others wait for.
 *
 * `undefined` when the client has no address for that, or that of a pooler which lends connections for a transaction: a
 * lock that is taken there stays with the pooler when its process is gone, and then nobody ever gets it. It shows by a
 * notification that does not arrive.
 */
export async function openLeasedSession(
  client: Client,
  { leaseMs, signal }: LeaseOptions,
): Promise<Session | undefined> {
  const { direct } = client;
  if (!direct || performance.now() < (pooled.get(client) ?? 0)) return undefined;
  const session = await openSession(direct, signal);
  const drop = (): void => void session.close();
  if (signal.aborted) drop();
  signal.addEventListener('abort', drop, { once: true });
  try {
    if (await isOwn(client, session, signal)) {
      await session.query(`select set_config('idle_session_timeout', $1, false)`, [String(Math.ceil(leaseMs))]);
      session.prepareStatements();
      keepAlive(session, leaseMs / 2);
      return session;
    }
  } catch (error) {
    await session.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', drop);
  }
  await session.close();
  if (!signal.aborted) pooled.set(client, performance.now() + deafRetryMs);
  return undefined;
}

/** Whether a notification from another connection arrives. */
async function isOwn(client: Client, session: Session, signal: AbortSignal): Promise<boolean> {
  const channel = `pgque:own:${randomUUID()}`;
  const heard = Promise.withResolvers<boolean>();
  await session.listen(channel, () => heard.resolve(true));
  await client.transaction((tx) => tx.query('select pg_notify($1, $2)', [channel, '']));
  const timer = setTimeout(() => heard.resolve(false), probeTimeoutMs);
  const isHeard = await unlessAborted(signal, heard.promise);
  clearTimeout(timer);
  await session.unlisten(channel);
  return isHeard ?? false;
}

/** A statement that is under way is a sign of life itself, however long it takes. */
function keepAlive(session: Session, intervalMs: number): void {
  let isAsking = false;
  const timer = setInterval(async () => {
    if (isAsking) return;
    isAsking = true;
    await session.query('select 1').catch(() => session.close());
    isAsking = false;
  }, intervalMs);
  void session.closed.then(() => clearInterval(timer));
}
