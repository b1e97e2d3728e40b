import { Module } from '@nestjs/common';
import {
  DiscoveryModule,
  DiscoveryService,
  ExternalContextCreator,
  MetadataScanner,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import { findConnections } from '../connection/find-connections.ts';
import { HandlerInvoker } from '../handling/handler-invoker.ts';
import { PgqueHealthIndicator } from '../health/pgque-health-indicator.ts';
import { findConsumerClasses } from './find-handlers.ts';
import { Runtime } from './runtime.ts';

/** One for the application, however many connections it has. */
export class PgqueRuntimeModule {}

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
        return new Runtime({
          findConnections: () => findConnections(modules),
          findConsumerClasses: () => findConsumerClasses(discovery, scanner),
          invoker: new HandlerInvoker(creator, moduleRef),
        });
      },
    },
    {
      provide: PgqueHealthIndicator,
      inject: [Runtime],
      useFactory: (runtime: Runtime) => new PgqueHealthIndicator(runtime),
    },
  ],
  exports: [Runtime, PgqueHealthIndicator],
})(PgqueRuntimeModule);

/**
 * Nest calls the hooks of modules by their distance from the root, the farthest first at the start and last at the end. Only
 * one that is nearer than the root itself starts when everybody is ready and ends before anybody is gone.
 */
function putLast(modules: ModulesContainer): void {
  for (const module of modules.values()) if (module.metatype === PgqueRuntimeModule) module.distance = -1;
}
