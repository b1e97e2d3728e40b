import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { fixtures } from '../support/fixtures.ts';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test.each(fixtures)('the owner of $version upgrades it on a managed server, without a superuser', async (fixture) => {
  const database = await openTestDatabase({ engine: false });
  const owner = `installer_${randomUUID().slice(0, 8)}`;
  // On a managed server nobody else has made the roles; here another database has, whose superuser passes them on.
  await database.query(`
    create role ${owner} createrole;
    grant create on database "${database.name}" to ${owner};
    grant pgque_reader, pgque_writer, pgque_admin to ${owner} with admin option`);
  try {
    const session = await database.role(owner);
    await session.query(fixture.script);
    const queue = await openQueue(session);
    await queue.send('sent before');
    await session.query(script);
    await session.query(`update pgque.config set upgraded_at = upgraded_at - interval '1 hour'`);
    await session.query('select pgque.maint()');
    expect(await scalar(session, 'select count(*) from pgque._former_functions()')).toBe(0n);
    await queue.tick();
    expect(await queue.receivePayloads()).toEqual(['sent before']);
    await session.query('select pgque.uninstall()');
  } finally {
    await database.query(`drop owned by ${owner} cascade; drop role ${owner}`);
  }
});
