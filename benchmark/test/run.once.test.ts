import { expect, test } from 'vitest';
import type { PeerServer } from '../harness/bench-server.ts';
import type { Sample } from '../harness/results.ts';
import { runScenario } from '../harness/run.ts';
import type { Scenario } from '../harness/scenario.ts';
import { consumption } from '../harness/workloads/consumption.ts';
import type { Handle, OpenPeer, Peer } from '../peers/peer.ts';

const server: PeerServer = {
  major: 17,
  missing: async ({ extension }) => (extension ? `the server has no extension ${extension.name}` : undefined),
  noteMissing: () => {},
  copyOf: async () => ({ url: '', async [Symbol.asyncDispose]() {} }),
};

/** A queue in memory that hands on what `deliver` makes of the events. */
function peer(name: string, deliver: (events: readonly object[]) => readonly object[], rest: Partial<Peer> = {}): Peer {
  const open = async (): Promise<OpenPeer> => {
    const events: object[] = [];
    return {
      sendMany: async (payloads) => events.push(...payloads),
      async consume(handle: Handle) {
        for (const event of deliver(events)) await handle(event, 0);
        return { stop: async () => {} };
      },
      close: async () => {},
    };
  };
  return {
    name,
    kind: 'queue',
    setting: '',
    strength: '',
    fansOut: false,
    schemas: [],
    template: name,
    notOffered: {},
    sql: {},
    install: async () => {},
    open,
    version: async () => '',
    ...rest,
  };
}

async function run(sides: readonly Peer[], rounds = 1): Promise<readonly Sample[]> {
  const extent = { rounds, points: [{}], parameters: { events: 100 } };
  const scenario: Scenario = {
    name: 'test',
    question: '',
    how: '',
    metrics: [{ key: 'perSecond', title: '', unit: '', better: 'more' }],
    sides,
    workload: consumption,
    scales: { tiny: extent, quick: extent, normal: extent, full: extent },
    chart: { kind: 'bars' },
  };
  const samples: Sample[] = [];
  await runScenario(scenario, server, { scale: 'tiny', onSample: (sample) => samples.push(sample), stallMs: 50 });
  return samples;
}

test('a side that keeps every event has values', async () => {
  const [sample] = await run([peer('sound', (events) => events)]);
  expect(sample?.values?.['perSecond']).toBeGreaterThan(0);
});

test('a side that loses an event is void, and the others are measured', async () => {
  const samples = await run([peer('lossy', (events) => events.slice(1)), peer('sound', (events) => events)]);
  expect(samples).toMatchObject([
    { side: 'lossy', void: '1 lost, 0 doubled of 105' },
    { side: 'sound', values: {} },
  ]);
  expect(samples[0]).not.toHaveProperty('values');
});

test('a side that doubles an event is void', async () => {
  const [sample] = await run([peer('doubling', (events) => [...events.slice(0, 1), ...events])]);
  expect(sample).toMatchObject({ void: '0 lost, 1 doubled of 105' });
});

test('what a side does not offer has a reason and no value, and is asked for once', async () => {
  const rest = { open: async () => ({ close: async () => {} }), notOffered: { consume: 'it only sends' } };
  const samples = await run([peer('sender', (events) => events, rest)], 3);
  expect(samples).toEqual([
    { scenario: 'test', major: 17, side: 'sender', round: 0, point: {}, notOffered: 'it only sends' },
  ]);
});

test('a side whose extension the server lacks is not offered', async () => {
  const [sample] = await run([peer('extension', (events) => events, { extension: { name: 'pgq' } })]);
  expect(sample).toMatchObject({ notOffered: 'the server has no extension pgq' });
});

test('a side that fails is noted with its message, and the others are measured', async () => {
  const broken = peer('broken', () => {
    throw new Error('it broke');
  });
  const samples = await run([broken, peer('sound', (events) => events)]);
  expect(samples).toMatchObject([
    { side: 'broken', failed: 'it broke' },
    { side: 'sound', values: {} },
  ]);
});
