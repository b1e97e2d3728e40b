import { Module } from '@nestjs/common';
import {
  DiscoveryModule,
  DiscoveryService,
  ExternalContextCreator,
  MetadataScanner,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import { Connection } from '../connection/connection.ts';
import { HandlerInvoker } from '../handling/handler-invoker.ts';
import { PgqueHealthIndicator } from '../health/pgque-health-indicator.ts';
import { PgqueModuleError } from '../pgque-module-error.ts';
import { findConsumerClasses } from './find-handlers.ts';
import { planConsumers } from './plan-consumers.ts';
import { type Findings, Runtime } from './runtime.ts';

/** One for the application, however many connections it has. */
export class RuntimeModule {}

Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: Runtime,
      inject: [DiscoveryService, MetadataScanner, ExternalContextCreator, ModuleRef, ModulesContainer],
      useFactory: (
        discovery: DiscoveryService,
        scanner: MetadataScanner,
        creator: ExternalContextCreator,
        moduleRef: ModuleRef,
        modules: ModulesContainer,
      ) => {
        putLast(modules);
        return new Runtime(() => find(discovery, scanner), new HandlerInvoker(creator, moduleRef));
      },
    },
    {
      provide: PgqueHealthIndicator,
      inject: [Runtime],
      useFactory: (runtime: Runtime) => new PgqueHealthIndicator(runtime),
    },
  ],
  exports: [Runtime, PgqueHealthIndicator],
})(RuntimeModule);

/**
 * Nest calls the hooks of modules by their distance from the root, the farthest first at the start and last at the end. Only
 * one that is nearer than the root itself starts when everybody is ready and ends before anybody is gone.
 */
function putLast(modules: ModulesContainer): void {
  for (const module of modules.values()) if (module.metatype === RuntimeModule) module.distance = -1;
}

function find(discovery: DiscoveryService, scanner: MetadataScanner): Findings {
  const connections = discovery
    .getProviders()
    .filter(({ isAlias, instance }) => !isAlias && instance instanceof Connection)
    .map(({ instance }): Connection => instance);
  const names = connections.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new PgqueModuleError(
      'duplicate_connection',
      `there are two connections '${twice}' of PgqueModule: give one another name, forRoot({ name, … })`,
    );
  }
  return { connections, plans: planConsumers(findConsumerClasses(discovery, scanner), names) };
}
