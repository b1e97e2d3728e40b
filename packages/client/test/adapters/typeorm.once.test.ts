import 'reflect-metadata';
import { DataSource, type EntityManager, EntitySchema } from 'typeorm';
import { fromTypeOrm } from '../../src/adapters/typeorm.ts';
import { testAdapter } from './contract.ts';
import type { OpenSubject } from './subject.ts';

const invoices = new EntitySchema<{ id: number }>({
  name: 'invoices',
  columns: { id: { type: 'int', primary: true } },
});

const open: OpenSubject<EntityManager> = async (url) => {
  const dataSource = await new DataSource({ type: 'postgres', url, entities: [invoices] }).initialize();
  return {
    executor: fromTypeOrm(dataSource),
    from: fromTypeOrm,
    transaction: (work) => dataSource.transaction(work),
    write: (manager, id) => manager.insert(invoices, { id }),
    end: () => dataSource.destroy(),
  };
};

testAdapter(open, { isLazy: false });
