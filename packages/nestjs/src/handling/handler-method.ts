import type { DiscoveryService } from '@nestjs/core';
import type { HandlerMetadata } from '../decorators/metadata.ts';

/** A provider as Nest keeps it; the class is not exported. */
export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A method with what it handles. */
export interface HandlerMethod {
  readonly wrapper: Wrapper;
  readonly className: string;
  readonly methodName: string;
  readonly metadata: HandlerMetadata;
}
