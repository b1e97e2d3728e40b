import { openTestDatabase } from '@pgque/testing';
import { types } from 'pg';
import { expect, test } from 'vitest';
import { ClientClosedError, connect, createClient, install } from '../../src/index.ts';
import { methodNames } from '../method-names.ts';
import { tick } from '../tick.ts';
import { testErrors } from './errors.ts';
import { type OpenSubject, Stage } from './subject.ts';
import { tour } from './tour.ts';
import { testTransactions } from './transactions.ts';

// Whatever an application has pg make of a column, ours are read as they should.
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.FLOAT8, String);
types.setTypeParser(types.builtins.TEXT, String);

/** What quotes, casts, arrays and placeholders of a driver or a library could stumble over. */
const oddTexts = [
  `"quoted" and 'quoted'`,
  'back\\slash \\n and \\" and \\\\',
  'NULL',
  'null',
  '',
  '{}',
  '{a,"b"}',
  '$1 and $2::text',
  '? and ?? and :name and %s and {x}',
  '1, 2',
  'žlutý kůň 🐘 \u2028',
  'line\nbreak\ttab',
  'true',
  '2026-01-01T00:00:00Z',
];

/**
 * The same promises for every library. One that is lazy connects when it has to; one that is pooled replaces a connection
 * that broke.
 */
export function testAdapter<Tx>(open: OpenSubject<Tx>, { isLazy = true, isPooled = true } = {}): void {
  const stage = new Stage(open);

  test('what is sent in a transaction of the library is there when it commits, and not when it rolls back', async () => {
    await stage.openQueue('using');
    const failure = new Error('changed my mind');
    const outcome = stage.subject.transaction(async (tx) => {
      await stage.using(tx).send('using', { payload: 'rolled back' });
      throw failure;
    });
    await expect(outcome).rejects.toBe(failure);
    await stage.subject.transaction(async (tx) => {
      await stage.using(tx).send('using', { payload: 'committed' });
    });
    expect(await stage.payloads('using')).toEqual(['committed']);
  });

  test('texts arrive as they were sent, alone and in batches', async () => {
    await stage.openQueue('odd');
    const events = oddTexts.map((text, index) => ({ type: text, payload: text, ...(index % 2 && { extra1: text }) }));
    const ids = await stage.subject.transaction(async (tx) => {
      const outside = stage.using(tx);
      const alone = await outside.insertEvent('odd', null, null, null, 'NULL', '"', '{}');
      return [
        alone,
        ...(await outside.sendBatch('odd', events)),
        ...(await outside.sendBatch('odd', 'same', oddTexts)),
      ];
    });
    await tick(stage.client, 'odd');
    const messages = await stage.client.receive('odd', 'billing', 1000);
    const same = oddTexts.map((text) => ({ type: 'same', payload: text, extra1: null }));
    expect(messages).toMatchObject([
      { type: null, rawPayload: null, extra1: null, extra2: 'NULL', extra3: '"', extra4: '{}' },
      ...events.map((event, index) => ({ extra1: null, ...event, rawPayload: JSON.stringify(oddTexts[index]) })),
      ...same,
    ]);
    expect(messages.map(({ msgId }) => msgId)).toEqual(ids);
    const nacks = messages.map(({ msgId }, index) => ({ msgId, reason: oddTexts[index] ?? '', dead: true }));
    expect(await stage.client.settle(messages[0]?.batchId ?? 0n, nacks)).toBe(1);
    const dead = await stage.client.dlq.inspect('odd');
    expect(dead.map(({ reason }) => reason ?? '').sort()).toEqual(expect.arrayContaining([...oddTexts].sort()));
  });

  test('close() ends the client, and the library goes on', async () => {
    const closed = await stage.open(stage.database.url);
    const closing = createClient(closed.executor);
    const call = closing.version();
    await closing.close();
    expect(await call).toEqual(expect.any(String));
    await expect(closing.version()).rejects.toThrow(ClientClosedError);
    await expect(closing.transaction(async () => 1)).rejects.toThrow(ClientClosedError);
    await closed.transaction((tx) => closed.write(tx, 70));
    expect(await stage.invoices(70)).toEqual([70]);
    await closed.end();
  });

  test('every function answers as it does through connect()', async () => {
    const [adapted, plain] = await Promise.all([0, 1].map(() => openTestDatabase({ engine: false })));
    if (!adapted || !plain) throw new Error('no databases');
    const other = await stage.open(adapted.url);
    const adaptedClient = createClient(other.executor);
    await using plainClient = await connect(plain.url);
    await install(adaptedClient);
    await install(plainClient);
    const expected = await tour(plainClient);
    expect(Object.keys(expected).sort()).toEqual(methodNames());
    expect(await tour(adaptedClient)).toEqual(expected);
    await other.end();
  });

  testTransactions(stage);
  testErrors(stage, { isLazy, isPooled });
}
