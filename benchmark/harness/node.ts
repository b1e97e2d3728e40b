// Compares the client and the consumer with the limits of their driver and with other queues, from Node, in turns.
import { parseArgs } from 'node:util';
import { isMajor, startServer } from '@pgque/embedded';
import type { Contender } from '../peers/contender.ts';
import { graphileWorker } from '../peers/graphile-worker.ts';
import { pgBoss } from '../peers/pg-boss.ts';
import { pgque } from '../peers/pgque.ts';
import { measureBareRead, measureConsumption } from './workloads/consume.ts';
import { measureDelivery } from './workloads/delivery.ts';
import { measureSends } from './workloads/gathered-sends.ts';

const { values: options } = parseArgs({
  options: {
    pg: { type: 'string', default: '17' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '10' },
    count: { type: 'string', default: '100000' },
  },
});
const major = Number(options.pg);
if (!isMajor(major)) throw new Error(`there is no PostgreSQL ${options.pg} here`);
const rounds = Number(options.rounds);
const count = Number(options.count);
const seconds = Number(options.seconds);
const contenders: readonly Contender[] = [pgque, graphileWorker, pgBoss];

await using server = await startServer({ major, source: 'binaries', durable: true, settings: { max_wal_size: '4GB' } });

for (let round = 1; round <= rounds; round += 1) {
  if ('sends'.includes(options.only)) {
    const { gathered, alone } = await inDatabase((url) => measureSends(url, count));
    print(round, 'sends/s', { gathered, alone, ratio: gathered / alone });
  }
  if ('consume'.includes(options.only)) {
    const rates: Record<string, number> = {
      'bare, 3 columns': await inDatabase((url) => measureBareRead(url, count, 'few')),
      'bare, all columns': await inDatabase((url) => measureBareRead(url, count, 'all')),
    };
    for (const contender of contenders) {
      rates[contender.name] = await inDatabase((url) => measureConsumption(contender, url, count));
    }
    const shareOf = (bare: string): number => (rates['pgque'] ?? 0) / (rates[bare] ?? 1);
    print(round, 'consumed/s', {
      ...rates,
      'pgque / bare, 3 columns': shareOf('bare, 3 columns'),
      'pgque / bare, all columns': shareOf('bare, all columns'),
    });
  }
  if ('delivery'.includes(options.only)) {
    for (const contender of contenders) {
      const latencies = await inDatabase((url) => measureDelivery(contender, url, { perSecond: 100, seconds }));
      print(round, `ms at 100/s, ${contender.name}`, { ...latencies });
    }
  }
}

async function inDatabase<Result>(measure: (url: string) => Promise<Result>): Promise<Result> {
  await using database = await server.createDatabase();
  return await measure(database.url);
}

function print(round: number, what: string, numbers: Readonly<Record<string, number>>): void {
  const texts = Object.entries(numbers).map(
    ([name, value]) => `${name} ${value < 100 ? value.toFixed(2) : Math.round(value)}`,
  );
  console.log(`round ${round}  ${what.padEnd(32)} ${texts.join('  ')}`);
}
