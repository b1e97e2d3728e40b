import { defineEntity, type EntityManager, MikroORM, p } from '@mikro-orm/postgresql';
import { fromMikroOrm } from '../../src/adapters/mikro-orm.ts';
import { testAdapter } from './contract.ts';

const Invoice = defineEntity({
  name: 'Invoice',
  tableName: 'invoices',
  properties: { id: p.integer().primary() },
});

testAdapter<EntityManager>(async (url) => {
  const orm = new MikroORM({ clientUrl: url, entities: [Invoice], ensureDatabase: false });
  const { em } = orm;
  return {
    executor: fromMikroOrm(em),
    from: fromMikroOrm,
    transaction: (work) => em.transactional(work),
    write: (tx, id) => tx.insert(Invoice, { id }),
    // It waits for connections that broke in a transaction, and these are never given back.
    end: async () => void orm.close(),
  };
});
