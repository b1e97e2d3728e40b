import * as v from 'valibot';
import { expect, test } from 'vitest';
import { defineQueue, InvalidPayloadError, parseMessage } from '../../src/index.ts';
import { openTestClient } from '../open-test-client.ts';
import { tick } from '../tick.ts';

const { client } = await openTestClient();

/** A schema that comes to its end when it is told so. */
function heldSchema() {
  const gate = Promise.withResolvers<boolean>();
  const schema = v.pipeAsync(
    v.string(),
    v.checkAsync(() => gate.promise),
  );
  return { schema, finish: gate.resolve, fail: gate.reject };
}

async function openQueue(queue: string) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  return async () => {
    await tick(client, queue);
    return (await client.receive(queue, 'processor')).map(({ payload }) => payload);
  };
}

test('calls keep their order when the first has to wait for its validation', async () => {
  const payloads = await openQueue('ordered');
  const { schema, finish } = heldSchema();
  const ordered = defineQueue('ordered', { slow: schema, fast: v.string() });
  const sent = [
    client.send(ordered, { type: 'fast', payload: 'a' }),
    client.send(ordered, { type: 'slow', payload: 'b' }),
    client.send(ordered, { type: 'fast', payload: 'c' }),
    client.send('ordered', { payload: 'd' }),
    client.send(ordered, { type: 'slow', payload: 'e' }),
    client.send(ordered, { type: 'fast', payload: 'f' }),
  ];
  await sent[0];
  finish(true);
  const ids = await Promise.all(sent);
  expect(ids).toEqual(ids.toSorted((a, b) => Number(a - b)));
  expect(await payloads()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('what a validation turns down holds up nobody', async () => {
  const payloads = await openQueue('refused');
  const { schema, finish } = heldSchema();
  const refused = defineQueue('refused', { slow: schema, fast: v.string() });
  const slow = client.send(refused, { type: 'slow', payload: 'a' });
  const fast = client.send(refused, { type: 'fast', payload: 'b' });
  finish(false);
  await expect(slow).rejects.toThrow(InvalidPayloadError);
  await fast;
  expect(await payloads()).toEqual(['b']);
});

test('other queues do not wait', async () => {
  await openQueue('waiting');
  await openQueue('going');
  const { schema, finish } = heldSchema();
  const slow = client.send(defineQueue('waiting', { slow: schema }), { type: 'slow', payload: 'a' });
  await client.send('going', { payload: 'b' });
  finish(true);
  await slow;
});

test('a schema that throws rejects its call with what it threw, on both sides', async () => {
  const payloads = await openQueue('throwing');
  const { schema, fail } = heldSchema();
  const throwing = defineQueue('throwing', {
    slow: schema,
    broken: v.pipe(
      v.string(),
      v.check(() => {
        throw new Error('broken');
      }),
    ),
  });
  const slow = client.send(throwing, { type: 'slow', payload: 'a' });
  const later = client.send('throwing', { payload: 'd' });
  const batch = client.sendBatch(throwing, [
    { type: 'slow', payload: 'b' },
    { type: 'broken', payload: 'c' },
  ]);
  await expect(batch).rejects.toThrow('broken');
  const last = client.send('throwing', { payload: 'e' });
  expect(await Promise.race([later, last, 'neither'])).toBe('neither');
  fail(new Error('no database'));
  await expect(slow).rejects.toThrow('no database');
  await expect(parseMessage(throwing, { type: 'slow', payload: 'a' })).rejects.toThrow('no database');
  await Promise.all([later, last]);
  expect(await payloads()).toEqual(['d', 'e']);
});
