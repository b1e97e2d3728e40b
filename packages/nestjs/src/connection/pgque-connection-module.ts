import { ConfigurableModuleBuilder, type DynamicModule } from '@nestjs/common';
import { PgqueRuntimeModule } from '../runtime/pgque-runtime-module.ts';
import { connectionToken, defaultConnection, getPgqueToken } from '../tokens.ts';
import type { Connection } from './connection.ts';
import { openConnection } from './open-connection.ts';
import type { PgqueOptions } from './pgque-options.ts';

export const optionsToken = Symbol('options of PgqueModule.forRoot()');

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<PgqueOptions>({ optionsInjectionToken: optionsToken })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createPgqueOptions')
  .setExtras<{ readonly name?: string }>({ name: defaultConnection }, (definition, { name = defaultConnection }) =>
    provideConnection(definition, name, [
      {
        provide: connectionToken(name),
        inject: [optionsToken],
        useFactory: (options: PgqueOptions) => openConnection(name, options),
      },
    ]),
  )
  .build();

/** A connection by its name, for the whole application. */
export class PgqueConnectionModule extends ConfigurableModuleClass {}

/** What every connection has, however it comes to be. */
export function provideConnection(
  definition: DynamicModule,
  name: string,
  connection: NonNullable<DynamicModule['providers']>,
): DynamicModule {
  const client = {
    provide: getPgqueToken(name),
    inject: [connectionToken(name)],
    useFactory: (opened: Connection) => opened.client,
  };
  return {
    ...definition,
    // Its hooks are the last at the shutdown, and so clients close last.
    global: true,
    imports: [...(definition.imports ?? []), PgqueRuntimeModule],
    providers: [...(definition.providers ?? []), ...connection, client],
    exports: [connectionToken(name), client.provide, PgqueRuntimeModule],
  };
}
