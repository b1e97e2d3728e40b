import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pgque';
import { type Batch, BatchBuffer } from './batch-buffer.ts';
import { EnvironmentFailure } from './environment-failure.ts';
import { formatTag } from './event-tag.ts';
import { isBroken } from './input/input-item.ts';
import type { InputSource } from './input/input-source.ts';
import type { Output } from './output.ts';
import type { Persistence } from './persistence.ts';
import type { Progress } from './progress.ts';
import { queueName } from './queue.ts';

/** How far the slowest consumer may fall behind before sending waits: this bounds memory, and the disk as well. */
const maxBehind = { events: 20_000, bytes: 32 * 1024 * 1024 };

export interface FeedOptions {
  readonly client: Client;
  readonly persistence: Persistence;
  readonly progress: Progress;
  readonly input: InputSource;
  readonly runId: number;
  readonly onBroken: 'skip' | 'refuse';
  /** Events per second. */
  readonly rate: number | undefined;
  readonly output: Output;
}

/** Sends the whole input, or with "refuse" the part before the first broken piece. */
export async function feed(options: FeedOptions, signal: AbortSignal): Promise<void> {
  const buffer = new BatchBuffer();
  // When either fails, its end lets the other one end as well.
  await Promise.all([
    readInto(buffer, options, signal).finally(() => buffer.close()),
    sendFrom(buffer, options, signal).finally(() => buffer.close()),
  ]);
  if (!signal.aborted) options.progress.noteFed();
}

async function readInto(
  buffer: BatchBuffer,
  { input, onBroken, rate, progress, output }: FeedOptions,
  signal: AbortSignal,
): Promise<void> {
  const keepPace = pace(rate, signal);
  try {
    for await (const item of input.read(signal)) {
      if (!isBroken(item)) {
        await keepPace();
        await buffer.put(item);
      } else {
        output.complain(
          `${input.name}: ${item.place} ${item.problem}; ${onBroken === 'skip' ? 'skipped' : 'refused'}.`,
        );
        progress.noteBroken(item, onBroken === 'refuse');
        if (onBroken === 'refuse') return;
      }
      if (signal.aborted) return;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EnvironmentFailure(`The input cannot be read any further: ${reason}`, { cause: error });
  }
}

async function sendFrom(
  buffer: BatchBuffer,
  { client, persistence, progress, runId }: FeedOptions,
  signal: AbortSignal,
): Promise<void> {
  const hasRoom = (): boolean => progress.behind.events < maxBehind.events && progress.behind.bytes < maxBehind.bytes;
  for (let batch = await buffer.take(); batch && !signal.aborted; batch = await buffer.take()) {
    await progress.until(hasRoom, signal);
    const sending = batch;
    const firstPosition = progress.sent + 1;
    await persistence.insist(() => sendOnce(client, sending, runId, firstPosition));
    progress.noteSent(sending.events.length, sending.bytes);
  }
}

/**
 * Sends a batch and notes that it was sent, in one transaction: when a connection is lost and nobody knows whether the
 * commit took effect, the note tells the next attempt. The payloads go as text, so that they are stored as written.
 */
async function sendOnce(client: Client, batch: Batch, runId: number, firstPosition: number): Promise<void> {
  await client.transaction(async (tx) => {
    const noted = await tx.query(
      'insert into package_index.sent_batch values ($1, $2) on conflict do nothing returning run_id',
      [runId, firstPosition],
    );
    if (noted.length === 0) return;
    await tx.query('select pgque.send_batch($1, $2::text[], $3::text[], $4::text[])', [
      queueName,
      batch.events.map(({ type }) => type),
      batch.events.map(({ payload }) => payload),
      batch.events.map((_, index) => formatTag({ runId, position: firstPosition + index })),
    ]);
  });
}

/** Waits as long as the rate asks for before the next event; not at all without one. */
function pace(rate: number | undefined, signal: AbortSignal): () => Promise<void> {
  const start = performance.now();
  let events = 0;
  return async () => {
    if (rate === undefined) return;
    const waitMs = start + (events * 1_000) / rate - performance.now();
    events += 1;
    if (waitMs > 1) await delay(waitMs, undefined, { signal }).catch(() => {});
  };
}
