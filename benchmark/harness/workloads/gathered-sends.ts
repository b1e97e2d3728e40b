import { connect, install } from 'pgque';
import { payload } from '../../peers/contender.ts';

/** Events per second of concurrent `send()` calls, with and without gathering. */
export async function measureSends(
  url: string,
  count: number,
): Promise<{ readonly gathered: number; readonly alone: number }> {
  await using client = await connect(url);
  await install(client);
  await client.createQueue('gathered');
  await using apart = await connect({ url, gatherSends: false });
  const rate = async (sender: typeof client, events: number): Promise<number> => {
    const startedAt = performance.now();
    const lane = async (): Promise<void> => {
      for (let sent = 0; sent < events / 500; sent += 1) await sender.send('gathered', { payload });
    };
    await Promise.all(Array.from({ length: 500 }, lane));
    return (events / (performance.now() - startedAt)) * 1000;
  };
  await rate(apart, 1000);
  const alone = await rate(apart, count / 10);
  const gathered = await rate(client, count);
  return { gathered, alone };
}
