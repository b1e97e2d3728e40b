import { randomUUID } from 'node:crypto';
import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { afterAll } from 'vitest';
import { buildInstallScript } from '../../build.ts';
import type { Naming } from '../../naming.ts';

/** An install that stands beside another. */
export interface Tenant extends Naming {
  readonly script: string;
}

export interface Tenants {
  readonly database: TestDatabase;
  /** The default install, and two more: the first has roles of its own, the second shares those of the default. */
  readonly tenants: readonly [Tenant, Tenant, Tenant];
}

const tenant = (schema: string, rolePrefix: string): Tenant => {
  const naming = { schema, rolePrefix };
  return { ...naming, script: buildInstallScript(naming) };
};

/** Three installs in one database. */
export async function openTenants(): Promise<Tenants> {
  const database = await openTestDatabase();
  const ownPrefix = `pgque_a_${randomUUID().slice(0, 8)}`;
  const tenants = [tenant('pgque', 'pgque'), tenant('tenant_a', ownPrefix), tenant('tenant_b', 'pgque')] as const;
  for (const { script } of tenants.slice(1)) await database.query(script);
  // Roles belong to the whole cluster, which other test files share.
  afterAll(async () => {
    await database.query('drop schema if exists tenant_a cascade');
    const roles = ['reader', 'writer', 'admin', 'capture'].map((role) => `${ownPrefix}_${role}`);
    await database.query(`drop role ${roles.join(', ')}`);
  });
  return { database, tenants };
}
