import { expect, test } from 'vitest';
import { describeCatalog } from '../support/catalog.ts';
import { QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { openTenants } from '../support/tenants.ts';

const { database, tenants } = await openTenants();
const [, own] = tenants;

test('uninstalling one install leaves the others as they are, with all that is under way in them', async () => {
  const others = ['tenant_a', 'tenant_b'].map((schema) => new QueueDriver(database, 'orders', 'reader', schema));
  for (const queue of others) {
    await database.query(`select ${queue.schema}.create_queue('orders')`);
    await queue.subscribe();
    await queue.sendMany(['open', 'waiting']);
    await queue.tick();
  }
  const open = await Promise.all(others.map((queue) => queue.receiveSome(1)));
  const before = [await describeCatalog(database, 'tenant_a'), await describeCatalog(database, 'tenant_b')];
  const roles = `select rolname from pg_roles where rolname ~ '^(pgque|${own.rolePrefix})_[a-z]+$' order by 1`;
  const rolesBefore = await rows(database, roles);

  await database.query('select pgque.uninstall()');

  expect(await rows(database, `select to_regnamespace('pgque') as schema`)).toEqual([{ schema: null }]);
  expect([await describeCatalog(database, 'tenant_a'), await describeCatalog(database, 'tenant_b')]).toEqual(before);
  expect(await rows(database, roles)).toEqual(rolesBefore);
  for (const [index, queue] of others.entries()) {
    expect(await queue.receive(1)).toEqual(open[index]);
    await queue.ack(open[index]?.[0].batch_id);
    expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['waiting']);
    // The shared roles still do what they did.
    const admin = await database.role(queue.schema === 'tenant_a' ? `${own.rolePrefix}_admin` : 'pgque_admin');
    await admin.query(
      `select ${queue.schema}.send('orders', 'x'::text), ${queue.schema}.ticker(), ${queue.schema}.maint()`,
    );
  }
});

test('after uninstall() nothing needs its roles any more: they can be dropped', async () => {
  await database.query('select tenant_a.uninstall()');
  await database.query(
    `begin; drop role ${['reader', 'writer', 'admin', 'capture'].map((role) => `${own.rolePrefix}_${role}`).join(', ')}; rollback`,
  );
});
