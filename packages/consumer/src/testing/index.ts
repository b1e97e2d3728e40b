export { assertNotSent, assertSent, type ExpectedEvent, type SentEvent, sentEvents } from './assert-sent.ts';
export { type Drainable, type DrainOptions, drain } from './drain.ts';
export { createFakeClient, type FakeClient } from './fake-client.ts';
export { type TickOptions, tick } from './tick.ts';
export { type WaitForOptions, waitFor } from './wait-for.ts';
