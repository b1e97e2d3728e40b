import { setTimeout as delay } from 'node:timers/promises';
import { defineHandlers } from '@pgque/coop-pool/handlers';
import { burn } from '../../../packages/coop-pool/test/burn.ts';

export const handlers = defineHandlers({
  burn: () => burn(20),
  wait: () => delay(50),
  nothing: () => {},
});
