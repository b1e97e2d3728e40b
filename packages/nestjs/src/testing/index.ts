export {
  assertNotSent,
  assertSent,
  createFakeClient,
  type DrainOptions,
  type ExpectedEvent,
  type FakeClient,
  type SentEvent,
  sentEvents,
  type TickOptions,
  type WaitForOptions,
  waitFor,
} from '@pgque/consumer/testing';
export { PgqueTesting } from './pgque-testing.ts';
export { PgqueTestingModule, type PgqueTestingOptions } from './pgque-testing-module.ts';
