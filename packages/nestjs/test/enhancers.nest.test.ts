import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { fixed } from '@pgque/consumer';
import { waitFor } from '@pgque/consumer/testing';
import type { Message } from 'pgque';
import { catchError, of, tap } from 'rxjs';
import { afterEach, expect, test } from 'vitest';
import {
  getPgqueContext,
  isPgqueContext,
  PgqueConsumer,
  type PgqueContext,
  PgqueHandler,
  PgqueModule,
} from '../src/index.ts';
import { openBench, startApp } from './start-app.ts';

const { url, client } = await openBench();
await client.createQueue('orders');
const root = PgqueModule.forRoot({ url });

const calls: string[] = [];
afterEach(async () => {
  calls.length = 0;
  for (const { consumer } of await client.consumerStats('orders'))
    await client.unsubscribe('orders', consumer, { discardRetries: true });
});

/** One of each kind, which notes that it was called. */
function enhancers(where: string) {
  @Injectable()
  class Guard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      calls.push(`${where} guard ${context.getType<string>()} ${context.getClass().name}.${context.getHandler().name}`);
      return true;
    }
  }

  @Injectable()
  class Interceptor implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler) {
      calls.push(`${where} interceptor`);
      return next.handle().pipe(tap({ error: () => calls.push(`${where} interceptor saw the error`) }));
    }
  }

  @Injectable()
  class Pipe implements PipeTransform {
    transform(value: unknown): unknown {
      calls.push(`${where} pipe`);
      return typeof value === 'string' ? `${value}, ${where}` : value;
    }
  }

  @Catch()
  class Filter implements ExceptionFilter {
    catch(_error: Error, host: ArgumentsHost): void {
      calls.push(`${where} filter of message ${getPgqueContext(host)?.message?.payload}`);
    }
  }
  return { Guard, Interceptor, Pipe, Filter };
}

const ofApp = enhancers('global');
const ofClass = enhancers('class');
const ofMethod = enhancers('method');

@PgqueConsumer({ queue: 'orders', name: 'enhanced', startAt: 'earliest', retry: fixed('1h') })
@UseGuards(ofClass.Guard)
@UseInterceptors(ofClass.Interceptor)
@UsePipes(ofClass.Pipe)
class Enhanced {
  @PgqueHandler('order.created')
  @UseGuards(ofMethod.Guard)
  @UseInterceptors(ofMethod.Interceptor)
  @UsePipes(ofMethod.Pipe)
  onCreated({ payload }: Message): void {
    calls.push(`handler of ${payload}`);
  }

  @PgqueHandler('order.failed')
  @UseFilters(ofMethod.Filter)
  onFailed(): void {
    throw new Error('it fails');
  }
}

@Module({
  imports: [root],
  providers: [
    Enhanced,
    { provide: APP_GUARD, useClass: ofApp.Guard },
    { provide: APP_INTERCEPTOR, useClass: ofApp.Interceptor },
    { provide: APP_PIPE, useClass: ofApp.Pipe },
    { provide: APP_FILTER, useClass: ofApp.Filter },
  ],
})
class EnhancedModule {}

test('own context type, a type guard helper, and documented order', async () => {
  const app = await startApp({ imports: [EnhancedModule] });
  await client.send('orders', { type: 'order.created', payload: 'order 1' });
  await waitFor(() => calls.some((call) => call.startsWith('handler')));
  expect(calls).toEqual([
    'global guard pgque Enhanced.onCreated',
    'class guard pgque Enhanced.onCreated',
    'method guard pgque Enhanced.onCreated',
    'global interceptor',
    'class interceptor',
    'method interceptor',
    'global pipe',
    'class pipe',
    'method pipe',
    'handler of order 1, global, class, method',
  ]);
  await app.close();
});

test('a filter sees an error, the nearest first, and a message is not lost because it was only looked at', async () => {
  const app = await startApp({ imports: [EnhancedModule] });
  await client.send('orders', { type: 'order.failed', payload: 'order 2' });
  await waitFor(async () => (await client.consumerStats('orders'))[0]?.retriesPending === 1);
  // Filters see what interceptors have let through.
  expect(calls.slice(-3)).toEqual([
    'class interceptor saw the error',
    'global interceptor saw the error',
    'method filter of message order 2',
  ]);
  await app.close();
});

test('contexts are typed `http`, so global guards/interceptors break', async () => {
  const seen: (PgqueContext | undefined)[] = [];

  @Injectable()
  class HttpOnly implements CanActivate {
    constructor(private readonly reflector: Reflector) {}

    canActivate(context: ExecutionContext): boolean {
      if (!isPgqueContext(context)) throw new Error('an HTTP request');
      seen.push(getPgqueContext(context));
      return (
        this.reflector.getAllAndOverride<string>('right', [context.getHandler(), context.getClass()]) === 'to handle'
      );
    }
  }

  @PgqueConsumer({ queue: 'orders', name: 'guarded', startAt: 'latest', retry: fixed('1h') })
  class Guarded {
    @PgqueHandler('allowed')
    @SetMetadata('right', 'to handle')
    onAllowed(message: Message, context: PgqueContext): void {
      calls.push(`allowed ${message.payload} ${context === seen[0]} ${context.signal.aborted} ${context.tx}`);
    }

    @PgqueHandler('forbidden')
    onForbidden(): void {
      calls.push('forbidden');
    }
  }

  const app = await startApp({ imports: [root], providers: [Guarded, { provide: APP_GUARD, useClass: HttpOnly }] });
  await client.send('orders', { type: 'allowed', payload: 'to come in' });
  await client.send('orders', { type: 'forbidden', payload: 'to come in' });
  await waitFor(async () => (await client.consumerStats('orders'))[0]?.retriesPending === 1);
  expect(calls).toEqual(['allowed to come in true false undefined']);
  const [context] = seen;
  expect(context).toMatchObject({
    connection: 'default',
    queue: 'orders',
    consumer: 'guarded',
    messages: [context?.message],
  });
  expect(context?.message).toMatchObject({ type: 'allowed', retryCount: null });
  await app.close();
});

test('users want interceptors for logging/Sentry', async () => {
  @Injectable()
  class Sentry implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler) {
      const { queue, consumer, message } = getPgqueContext(context) ?? expect.fail();
      return next.handle().pipe(
        tap(() => calls.push(`done: ${message?.type} of ${queue}/${consumer}`)),
        catchError((error: Error) => {
          calls.push(`captured: ${error.message}`);
          return of('the message is done all the same');
        }),
      );
    }
  }

  @PgqueConsumer({ queue: 'orders', name: 'watched', startAt: 'latest' })
  @UseInterceptors(Sentry)
  class Watched {
    @PgqueHandler('good')
    onGood(): void {}

    @PgqueHandler('bad')
    onBad(): void {
      throw new Error('no luck');
    }
  }

  const app = await startApp({ imports: [root], providers: [Watched] });
  for (const type of ['good', 'bad', 'good']) await client.send('orders', { type, payload: null });
  await waitFor(() => calls.length === 3);
  expect(calls).toEqual(['done: good of orders/watched', 'captured: no luck', 'done: good of orders/watched']);
  await expect.poll(() => client.getConsumerInfo('orders', 'watched')).toMatchObject([{ pendingEvents: 0 }]);
  expect((await client.consumerStats('orders'))[0]).toMatchObject({ retriesPending: 0 });
  await app.close();
});
