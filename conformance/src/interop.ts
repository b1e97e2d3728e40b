import { Actor } from './actor.ts';
import type { ClientEntry } from './clients.ts';
import { findDifference } from './match.ts';
import type { ClientDrivers, Result } from './run-client.ts';
import { type Case, caseOf } from './scenario.ts';
import { type ConformanceServer, World } from './world.ts';

/** A client with its processes. */
export interface Party {
  readonly client: Pick<ClientEntry, 'name'>;
  readonly drivers: ClientDrivers;
}

interface Sent {
  readonly id: string;
  readonly type: string;
  /** What the payload must be read as; `undefined` where only the text counts. */
  readonly value: unknown;
}

interface Received {
  readonly msg_id: string;
  readonly type: string | null;
  readonly payload: unknown;
  readonly raw_payload: string | null;
}

const tenMegabytes = '0123456789abcdef'.repeat(655_360);
const odd = {
  'schlüssel 🦆': 'e\u0301 日本語 😀 \u202E',
  quotes: `'"\`$1 \\ \\n \n \t`,
  empty: '',
  deep: [[{ a: [] }]],
};
const batch = [
  { type: 'a,b', payload: '{1,"x",NULL}' },
  { type: '"q"', payload: `back\\slash and 'quote'` },
  { type: 'null', payload: null },
  { type: 'zero', payload: 0 },
];
const beyondDoubles = 9007199254740993n;
const scenario: Case = caseOf('interop', { queues: ['interop'] });

/**
 * Every producer with every consumer, because the database is the wire format: each consumer gets what each producer has
 * sent, its text as it is stored, and its value as it was sent.
 */
export async function runInterop(parties: readonly Party[], server: ConformanceServer): Promise<Result[]> {
  await using world = await World.open(server, scenario);
  const capable = await Promise.all(
    parties.map(async (party) => {
      const { capabilities, language } = await party.drivers.hello();
      return { ...party, capabilities, language };
    }),
  );
  const producers = capable.filter(({ capabilities }) => capabilities.includes('produce'));
  const consumers = capable.filter(({ capabilities }) => isConsumer(capabilities));
  for (const { client } of consumers) await world.query(`select pgque.subscribe('interop', $1)`, [client.name]);
  const sent = new Map<string, Sent[]>();
  const languages = new Set<string>();
  for (const party of producers) {
    // Of each language one sends what is really large.
    const large = languages.has(party.language) ? tenMegabytes.slice(0, 100_000) : tenMegabytes;
    languages.add(party.language);
    sent.set(party.client.name, await withActor(party, world, (actor) => sendAll(actor, party.capabilities, large)));
  }
  await world.tick('interop');
  const count = [...sent.values()].reduce((sum, each) => sum + each.length, 0);
  const results: Result[] = [];
  for (const party of consumers) {
    const startedAt = performance.now();
    const received = await withActor(party, world, (actor) =>
      party.capabilities.includes('consume')
        ? receiveAll(actor, party.client.name)
        : handleAll(actor, party.client.name, count),
    );
    const isExact = party.capabilities.includes('exact_integers');
    for (const [producer, messages] of sent) {
      const reason = await compare(world, messages, received, isExact);
      results.push({
        client: party.client.name,
        major: server.major,
        name: `interop/from-${producer}`,
        level: 'required',
        status: reason === undefined ? 'passed' : 'failed',
        ...(reason === undefined ? {} : { reason }),
        durationMs: Math.round((performance.now() - startedAt) / sent.size),
      });
    }
  }
  return results;
}

function isConsumer(capabilities: readonly string[]): boolean {
  return capabilities.includes('consume') || capabilities.includes('consumer');
}

async function withActor<Value>(
  { drivers }: Party,
  world: World,
  work: (actor: Actor) => Promise<Value>,
): Promise<Value> {
  const driver = await drivers.take();
  const actor = new Actor(driver, () => {});
  await must(actor, 'connect', { url: world.database.url });
  const value = await work(actor);
  await must(actor, 'close', {});
  drivers.give(driver);
  return value;
}

async function must(actor: Actor, op: string, args: object): Promise<unknown> {
  const { ok, error } = await actor.call(op, args);
  if (error) throw new Error(`${op} failed with ${error.code}`);
  return ok;
}

async function sendAll(actor: Actor, capabilities: readonly string[], large: string): Promise<Sent[]> {
  const queue = 'interop';
  const sent: Sent[] = [];
  const send = async (type: string, payload: unknown): Promise<void> => {
    sent.push({ id: (await must(actor, 'send', { queue, type, payload })) as string, type, value: payload });
  };
  const insert = async (type: string, data: string | null, value: unknown): Promise<void> => {
    sent.push({ id: (await must(actor, 'insert_event', { queue, type, data })) as string, type, value });
  };
  await send('odd', odd);
  await send('large', large);
  const ids = (await must(actor, 'send_batch', { queue, events: batch })) as string[];
  sent.push(...batch.map(({ type, payload }, at) => ({ id: ids[at] ?? '', type, value: payload })));
  const none = (await must(actor, 'send_batch', { queue, events: [] })) as string[];
  if (none.length > 0) throw new Error('an empty batch has ids');
  await insert('sql null', null, null);
  await insert('text', `no JSON, but 'text'`, `no JSON, but 'text'`);
  await insert('integer', `{"n": ${beyondDoubles}}`, { n: beyondDoubles });
  if (capabilities.includes('exact_integers')) await send('exact', { n: beyondDoubles });
  return sent;
}

async function receiveAll(actor: Actor, consumer: string): Promise<Received[]> {
  const all: Received[] = [];
  for (;;) {
    const messages = (await must(actor, 'receive', { queue: 'interop', consumer, max_messages: 7 })) as (Received & {
      batch_id: string;
    })[];
    const [first] = messages;
    if (!first) return all;
    all.push(...messages);
    await must(actor, 'settle', { batch_id: first.batch_id });
  }
}

async function handleAll(actor: Actor, consumer: string, count: number): Promise<Received[]> {
  const all: Received[] = [];
  await must(actor, 'consumer_start', { handle: 'c', queue: 'interop', name: consumer, max_messages: 7 });
  while (all.length < count) {
    const event = await actor.take({ event: 'handler_enter' });
    all.push(event['message'] as Received);
    await must(actor, 'answer', { call: event['call'], do: 'ok' });
  }
  return all;
}

async function compare(
  world: World,
  sent: readonly Sent[],
  received: readonly Received[],
  isExact: boolean,
): Promise<string | undefined> {
  for (const { id, type, value } of sent) {
    const found = received.filter((message) => message.msg_id === id);
    const [message] = found;
    if (!message || found.length > 1) return `"${type}" came ${found.length} times`;
    const [stored] = await world.query('select ev_data from pgque.event where ev_id = $1 and ev_owner is null', [id]);
    if (message.type !== type) return `the type of "${type}" is ${message.type}`;
    if (message.raw_payload !== stored?.['ev_data']) return `the text of "${type}" is not what is stored`;
    if (type === 'integer' || type === 'exact') {
      if (!isExact) continue;
    }
    const difference = findDifference(message.payload, value, type);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
