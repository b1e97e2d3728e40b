import type { OpenOptions, OpenPeer } from '../../peers/peer.ts';
import type { Measurement } from '../scenario.ts';

/** A peer that is at work, for so long. */
export async function withOpen<Result>(
  { peer, url }: Measurement,
  options: OpenOptions,
  work: (open: OpenPeer) => Promise<Result>,
): Promise<Result> {
  const open = await peer.open(url, options);
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/** Sends all of them, so many calls of 1,000 at once. */
export async function sendAll(
  sendMany: NonNullable<OpenPeer['sendMany']>,
  payloads: readonly object[],
  { inFlight = 4, size = 1000 }: { readonly inFlight?: number; readonly size?: number } = {},
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < payloads.length) {
      const from = next;
      next += size;
      await sendMany(payloads.slice(from, from + size));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}
