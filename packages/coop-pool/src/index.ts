export { DeadLetterError, RetryLaterError } from '@pgque/consumer';
export { createPool } from './create-pool.ts';
export {
  defineHandlers,
  type HandlersModule,
  type HandlersOptions,
  type ThreadContext,
  type ThreadHandler,
  type ThreadHandlers,
} from './define-handlers.ts';
export type { Pool } from './pool.ts';
export { PoolError, type PoolErrorCode } from './pool-error.ts';
export type { PoolHealth, PoolState, ThreadHealth, ThreadState } from './pool-health.ts';
export type { PoolOptions } from './pool-options.ts';
