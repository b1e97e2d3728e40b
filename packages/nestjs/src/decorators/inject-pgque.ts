import { Inject } from '@nestjs/common';
import { getPgqueToken } from '../tokens.ts';

/** The client of a connection: `constructor(@InjectPgque() private readonly client: Client)`. */
export function InjectPgque(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getPgqueToken(name));
}
