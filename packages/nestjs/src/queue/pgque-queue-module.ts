import { ConfigurableModuleBuilder, type DynamicModule } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { QueueName } from 'pgque';
import type { Connection } from '../connection/connection.ts';
import { closeConnections, findConnections } from '../connection/find-connections.ts';
import { connectionToken, defaultConnection, getQueueToken } from '../tokens.ts';
import { openQueue } from './open-queue.ts';
import type { QueueOptions } from './queue-options.ts';

const optionsToken = Symbol('options of PgqueModule.registerQueue()');

interface Extras {
  readonly queue: QueueName;
  readonly connection?: string;
}

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<QueueOptions>({ optionsInjectionToken: optionsToken })
  .setClassMethodName('register')
  .setFactoryMethodName('createQueueOptions')
  .setExtras<Extras>({ queue: '', connection: defaultConnection }, provideQueue)
  .build();

/** A queue of a connection, for the modules that import it. */
export class PgqueQueueModule extends ConfigurableModuleClass {}

function provideQueue(definition: DynamicModule, { queue, connection = defaultConnection }: Extras): DynamicModule {
  const token = getQueueToken(queue, connection);
  return {
    ...definition,
    providers: [
      ...(definition.providers ?? []),
      {
        provide: token,
        inject: [{ token: connectionToken(connection), optional: true }, optionsToken, ModulesContainer],
        useFactory: async (opened: Connection | undefined, options: QueueOptions, modules: ModulesContainer) => {
          try {
            return await openQueue(opened, { queue, connection }, options);
          } catch (error) {
            await closeConnections(findConnections(modules));
            throw error;
          }
        },
      },
    ],
    exports: [token],
  };
}
