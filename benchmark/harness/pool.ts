// Measures a pool of threads: how it scales, what it holds in memory, and how payloads best go to a thread.
import { parseArgs } from 'node:util';
import { isMajor, startServer } from '@pgque/embedded';
import { withPool } from './threads/bench-pool.ts';
import { measureMemory } from './threads/memory.ts';
import { measureRate } from './threads/rate.ts';
import { forms, measureTransport } from './threads/transport.ts';

const { values: options } = parseArgs({
  options: {
    pg: { type: 'string', default: '17' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '3' },
    count: { type: 'string', default: '1000000' },
  },
});
const major = Number(options.pg);
if (!isMajor(major)) throw new Error(`there is no PostgreSQL ${options.pg} here`);
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const count = Number(options.count);
const threadCounts = [1, 2, 4, 8];

await using server = await startServer({ major, source: 'binaries', settings: { max_wal_size: '4GB' } });

for (let round = 1; round <= rounds; round += 1) {
  if ('transport'.includes(options.only)) {
    for (const [size, payload] of [
      ['100 B', payloadOf(1)],
      ['10 kB', payloadOf(100)],
      ['1 MB', payloadOf(10_000)],
    ] as const) {
      const rates: Record<string, number> = {};
      for (const form of forms) rates[form] = await measureTransport(form, payload, seconds * 300);
      print(round, `payloads/s of ${size}`, rates);
    }
  }
  for (const [type, what] of [
    ['burn', '20 ms of CPU, messages/s'],
    ['wait', '50 ms of waiting, messages/s'],
  ] as const) {
    if (!type.includes(options.only)) continue;
    const rates: Record<string, number> = {};
    for (const threads of threadCounts) {
      let handled = 0;
      const onResult = (): void => {
        handled += 1;
      };
      rates[`${threads} threads`] = await inDatabase((url) =>
        withPool(url, { type, count: 5000, threads, onResult }, (pool) => measureRate(pool, seconds, () => handled)),
      );
    }
    print(round, what, rates);
  }
}
if ('memory'.includes(options.only)) {
  const startedAt = performance.now();
  const settings = { type: 'nothing', count, threads: 2, concurrency: 8, maxMessages: 1000 };
  const samples = await inDatabase((url) => withPool(url, settings, (pool) => measureMemory(pool, count)));
  for (const { handled, heapMiB, rssMiB } of samples) print(1, 'MiB of the parent', { handled, heapMiB, rssMiB });
  print(1, 'seconds, sending included', { seconds: (performance.now() - startedAt) / 1000 });
}

async function inDatabase<Result>(measure: (url: string) => Promise<Result>): Promise<Result> {
  await using database = await server.createDatabase();
  return await measure(database.url);
}

/** Rows of about 100 bytes that have nothing in common: what occurs twice in a value is cloned once. */
function payloadOf(rows: number): unknown {
  const row = (index: number) => ({ order_id: index, total: 99.95 + index, customer: String(index).padEnd(51, 'x') });
  return rows === 1 ? row(42) : { rows: Array.from({ length: rows }, (_, index) => row(index)) };
}

function print(round: number, what: string, numbers: Readonly<Record<string, number>>): void {
  const texts = Object.entries(numbers).map(
    ([name, value]) => `${name} ${value < 100 ? value.toFixed(2) : Math.round(value)}`,
  );
  console.log(`round ${round}  ${what.padEnd(32)} ${texts.join('  ')}`);
}
