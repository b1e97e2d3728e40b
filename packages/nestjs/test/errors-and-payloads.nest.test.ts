import {
  type CanActivate,
  Catch,
  type ExceptionFilter,
  Injectable,
  ParseArrayPipe,
  Scope,
  UseFilters,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { DeadLetterError, fixed } from '@pgque/consumer';
import { waitFor } from '@pgque/consumer/testing';
import type { Message } from 'pgque';
import { expect, test } from 'vitest';
import { PgqueBatchHandler, PgqueConsumer, PgqueHandler, PgqueModule } from '../src/index.ts';
import { openBench, startApp } from './start-app.ts';

const { url, client } = await openBench();
const root = PgqueModule.forRoot({ url });

test('a filter may throw another error, or deal with one; what only waits and returns nothing has not', async () => {
  await client.createQueue('filtered');
  const reports: string[] = [];
  class NotFound extends Error {}
  class Known extends Error {}

  @Catch(NotFound)
  class ToDeadLetters implements ExceptionFilter {
    catch(error: Error): never {
      throw new DeadLetterError(`gone: ${error.message}`);
    }
  }

  @Catch(Known)
  class DealsWithIt implements ExceptionFilter {
    catch(): string {
      return 'dealt with';
    }
  }

  @Catch()
  class Reports implements ExceptionFilter {
    async catch(error: Error): Promise<void> {
      reports.push(`reported ${error.message}`);
    }
  }

  @PgqueConsumer({ queue: 'filtered', name: 'filtered', startAt: 'latest', retry: fixed('1h') })
  @UseFilters(Reports, DealsWithIt, ToDeadLetters)
  class Filtered {
    @PgqueHandler('*')
    async onAny({ payload }: Message): Promise<void> {
      if (payload === 'missing') throw new NotFound('no such order');
      throw payload === 'known' ? new Known('again') : new Error('who knows');
    }
  }

  const app = await startApp({ imports: [root], providers: [Filtered] });
  for (const payload of ['missing', 'known', 'unknown']) await client.send('filtered', { payload });
  const settled = async () => (await client.consumerStats('filtered'))[0];
  await waitFor(
    async () => (await settled())?.retriesPending === 1 && (await client.dlq.inspect('filtered')).length === 1,
  );
  expect(reports).toEqual(['reported who knows']);
  const [{ reason, deadLetterId } = expect.fail()] = await client.dlq.inspect('filtered');
  expect(reason).toBe('gone: no such order');
  expect(typeof deadLetterId).toBe('bigint');
  await app.close();
});

test('pipes get the payload, of a batch handler all payloads, and the ValidationPipe of an application does no harm', async () => {
  await client.createQueue('piped');
  const batches: unknown[][] = [];

  @PgqueConsumer({ queue: 'piped', name: 'piped', startAt: 'latest', retry: fixed('1h') })
  class Piped {
    @PgqueBatchHandler('numbers')
    @UsePipes(new ParseArrayPipe({ items: Number }))
    onNumbers(messages: readonly Message[]): PromiseSettledResult<unknown>[] {
      batches.push(messages.map(({ payload }) => payload));
      return messages.map(({ payload }) =>
        payload === 2 ? { status: 'rejected', reason: new Error('two') } : { status: 'fulfilled', value: null },
      );
    }
  }

  const validation = {
    provide: APP_PIPE,
    useValue: new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }),
  };
  const app = await startApp({ imports: [root], providers: [Piped, validation] });
  await client.sendBatch('piped', 'numbers', ['1', '2', '3']);
  await waitFor(() => batches.length === 1);
  expect(batches).toEqual([[1, 2, 3]]);
  await waitFor(async () => (await client.consumerStats('piped'))[0]?.retriesPending === 1);
  await app.close();
});

test('global enhancers of request scope work as they do with controllers', async () => {
  await client.createQueue('scoped');
  let handled = 0;
  const instances = new Set<object>();

  @Injectable({ scope: Scope.REQUEST })
  class PerMessage implements CanActivate {
    canActivate(): boolean {
      instances.add(this);
      return true;
    }
  }

  @PgqueConsumer({ queue: 'scoped', name: 'scoped', startAt: 'latest' })
  class Scoped {
    @PgqueHandler('*')
    onAny(): void {
      handled += 1;
    }
  }

  const app = await startApp({
    imports: [root],
    providers: [Scoped, { provide: APP_GUARD, useClass: PerMessage, scope: Scope.REQUEST }],
  });
  await client.sendBatch('scoped', 'any', [1, 2]);
  await waitFor(() => handled === 2);
  expect(instances.size).toBe(2);
  await app.close();
});
