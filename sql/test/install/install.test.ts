import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { backendPid, openTestDatabase, waitUntilBlocked } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

/** Objects with what makes them up, to compare two states of an install. */
const fingerprint = `
  select md5(string_agg(o, ',' order by o)) from (
    select p.oid::regprocedure::text || md5(pg_get_functiondef(p.oid)) || coalesce(p.proacl::text, '') as o
    from pg_proc p where p.pronamespace = 'pgque'::regnamespace
    union all
    select c.oid::text || c.relname || c.relkind::text || coalesce(c.relacl::text, '') from pg_class c
    where c.relnamespace = 'pgque'::regnamespace) x`;

test('installed twice in a row it is the same install', async () => {
  const database = await openTestDatabase();
  const before = await scalar(database, fingerprint);
  await database.query(`begin; ${script}; commit`);
  expect(await scalar(database, fingerprint)).toBe(before);
});

test('installed again while a queue is in use nothing is lost', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { max_retries: 3 });
  await queue.sendMany(['open batch', 'retried', 'not received']);
  await queue.tick();
  const [first] = await queue.receiveSome(1);
  await queue.ack(first.batch_id);
  const retried = await queue.receiveSome(1);
  await queue.nack(retried, '0 seconds', 'why');
  const [config] = await database.query('select pgque.get_queue_config($1)', [queue.name]);
  await database.query(`begin; ${script}; commit`);

  expect(await database.query('select pgque.get_queue_config($1)', [queue.name])).toEqual([config]);
  expect(await queue.receive()).toEqual(retried);
  await queue.ack(retried[0].batch_id);
  await queue.send('sent after');
  await queue.moveRetries();
  expect((await queue.drain()).map((message) => message.payload).toSorted()).toEqual([
    'not received',
    'retried',
    'sent after',
  ]);
});

test('an install that fails half-way leaves what was there', async () => {
  const database = await openTestDatabase();
  const before = await scalar(database, fingerprint);
  await expect(database.query(`begin; ${script}; select 1 / 0`)).rejects.toMatchObject({ code: '22012' });
  await database.query('rollback');
  expect(await scalar(database, fingerprint)).toBe(before);
});

test('two installs at once wait for each other, and both succeed', async () => {
  const database = await openTestDatabase({ engine: false });
  const [first, second] = [await database.connect(), await database.connect()];
  await first.query('begin');
  await first.query(script);
  const pid = await backendPid(second);
  const waiting = second.query(`begin; ${script}; commit`);
  await waitUntilBlocked(await database.connect(), pid);
  await first.query('commit');
  await waiting;
  expect(await scalar(database, 'select count(*) from pgque.config')).toBe(1n);
});

test('a role with CREATEROLE installs it on a managed server, uses it, and installs it again', async () => {
  const database = await openTestDatabase({ engine: false });
  const owner = `installer_${randomUUID().slice(0, 8)}`;
  await database.query(`create role ${owner} createrole; grant create on database "${database.name}" to ${owner}`);
  // On a managed server nobody else has made the roles; here another database has, whose superuser passes them on.
  await database.query(`do $$ begin
    if to_regrole('pgque_admin') is not null then grant pgque_reader, pgque_writer, pgque_admin to ${owner} with admin option; end if;
  end $$`);
  try {
    const session = await database.role(owner);
    for (let round = 0; round < 2; round += 1) {
      await session.query('begin');
      await session.query(script);
      await session.query('commit');
    }
    const queue = await openQueue(session);
    await queue.send('x');
    await queue.tick();
    expect(await queue.receivePayloads()).toEqual(['x']);
    expect(await scalar(session, `select nspowner::regrole::text from pg_namespace where nspname = 'pgque'`)).toBe(
      owner,
    );
    await session.query('select pgque.uninstall()');
  } finally {
    await database.query(`drop owned by ${owner} cascade; drop role ${owner}`);
  }
});
