import { OperatingOperations } from './operating-operations.ts';

/** Every function of the engine, on whatever connection: what the client, its transactions and `using()` share. */
export class Operations extends OperatingOperations {}
