import { queue } from '../../peers/peer.ts';
import { onClient } from '../../peers/sql-pool.ts';
import { type Measurement, offered, VoidRun } from '../scenario.ts';

/** What nobody has consumed must be there to the last event. */
export async function countHeld({ peer, url }: Measurement, sent: number): Promise<void> {
  const text = offered(peer, peer.sql, 'held')(queue);
  const held = await onClient(url, async (client) => {
    const { rows } = await client.query<{ held: string }>(text);
    return Number(rows[0]?.held);
  });
  if (held !== sent) throw new VoidRun(`${sent} sent, ${held} stored`);
}
