import { Inject, Injectable, Scope } from '@nestjs/common';
import {
  type ContextId,
  ContextIdFactory,
  type ContextIdStrategy,
  type HostComponentInfo,
  REQUEST,
} from '@nestjs/core';
import { waitFor } from '@pgque/consumer/testing';
import type { Message, Transaction } from 'pgque';
import { afterEach, expect, test } from 'vitest';
import { PgqueConsumer, type PgqueContext, PgqueHandler, PgqueModule } from '../src/index.ts';
import { openBench, startApp } from './start-app.ts';

const { url, client, database } = await openBench();
await client.createQueue('orders');
const root = PgqueModule.forRoot({ url });

test('per-message DI scope: what it needs may ask for the message it is for', async () => {
  const handled: unknown[] = [];

  @Injectable({ scope: Scope.REQUEST })
  class Log {
    constructor(@Inject(REQUEST) private readonly context: PgqueContext) {}

    get prefix(): string {
      return `${this.context.consumer} ${this.context.message?.payload}`;
    }
  }

  @PgqueConsumer({ queue: 'orders', name: 'bubbling', startAt: 'latest' })
  class Bubbling {
    readonly id = {};

    constructor(private readonly log: Log) {}

    @PgqueHandler('*')
    onAny(): void {
      handled.push([this.id, this.log.prefix]);
    }
  }

  @PgqueConsumer({ queue: 'orders', name: 'declared', startAt: 'latest', scope: Scope.REQUEST })
  class Declared {
    readonly id = {};

    @PgqueHandler('*')
    onAny({ payload }: Message): void {
      handled.push([this.id, `declared ${payload}`]);
    }
  }

  const app = await startApp({ imports: [root], providers: [Log, Bubbling, Declared] });
  await client.sendBatch('orders', 'any', [1, 2]);
  await waitFor(() => handled.length === 4);
  expect(new Set(handled.map((entry) => (entry as unknown[])[0])).size).toBe(4);
  expect(handled.map((entry) => (entry as unknown[])[1]).toSorted()).toEqual([
    'bubbling 1',
    'bubbling 2',
    'declared 1',
    'declared 2',
  ]);
  await app.close();
});

test('MikroORM users need a fresh EntityManager per message', async () => {
  await database.query('create table invoices (msg_id bigint)');

  @Injectable({ scope: Scope.REQUEST })
  class Invoices {
    constructor(@Inject(REQUEST) private readonly context: PgqueContext<Transaction>) {}

    async add({ msgId }: Message): Promise<void> {
      await this.context.tx.query('insert into invoices values ($1)', [msgId]);
    }
  }

  @PgqueConsumer({ queue: 'orders', name: 'ledger', startAt: 'latest', mode: 'exactly-once' })
  class Ledger {
    constructor(private readonly invoices: Invoices) {}

    @PgqueHandler('*')
    async onAny(message: Message): Promise<void> {
      await this.invoices.add(message);
      if (message.payload === 'bad' && message.retryCount === null) throw new Error('undo this');
    }
  }

  const app = await startApp({ imports: [root], providers: [Invoices, Ledger] });
  await client.send('orders', { payload: 'good' });
  await client.send('orders', { payload: 'bad' });
  await waitFor(async () => (await client.consumerStats('orders')).some(({ retriesPending }) => retriesPending === 1));
  expect(await database.query('select count(*)::int as count from invoices')).toEqual([{ count: 1 }]);
  await app.close();
});

/** One tree of durable providers for each tenant. */
class TenantStrategy implements ContextIdStrategy<PgqueContext> {
  readonly #trees = new Map<string, ContextId>();
  readonly #hasPayload: boolean;

  constructor(hasPayload: boolean) {
    this.#hasPayload = hasPayload;
  }

  attach(contextId: ContextId, { message }: PgqueContext) {
    const { tenant } = (message as Message).payload as { readonly tenant: string };
    const tree = this.#trees.get(tenant) ?? ContextIdFactory.create();
    this.#trees.set(tenant, tree);
    const resolve = (info: HostComponentInfo) => (info.isTreeDurable ? tree : contextId);
    return this.#hasPayload ? { resolve, payload: { tenant } } : resolve;
  }
}

afterEach(() => ContextIdFactory.apply({ attach: (contextId) => () => contextId }));

test.for([
  ['with', true],
  ['without', false],
] as const)('durable providers / multi-tenant, %s a payload of the strategy', async ([name, hasPayload]) => {
  ContextIdFactory.apply(new TenantStrategy(hasPayload));
  const handled: unknown[] = [];
  let made = 0;

  @Injectable({ scope: Scope.REQUEST, durable: true })
  class TenantDatabase {
    readonly id = ++made;

    constructor(@Inject(REQUEST) readonly request: object | undefined) {}
  }

  @PgqueConsumer({ queue: 'orders', name, startAt: 'latest', scope: Scope.REQUEST, durable: true })
  class Tenants {
    constructor(private readonly database: TenantDatabase) {}

    @PgqueHandler('*')
    onAny({ payload }: Message): void {
      const { id, request } = this.database;
      handled.push({ payload, id, request });
    }
  }

  const app = await startApp({ imports: [root], providers: [TenantDatabase, Tenants] });
  await client.sendBatch('orders', 'any', [{ tenant: 'a' }, { tenant: 'b' }, { tenant: 'a' }]);
  await waitFor(() => handled.length === 3);
  // What a durable instance keeps is never the message that it was first made for.
  const expected = (tenant: string, id: number) => {
    return { payload: { tenant }, id, request: hasPayload ? { tenant } : undefined };
  };
  expect(handled).toEqual([expected('a', 1), expected('b', 2), expected('a', 1)]);
  await app.close();
});
