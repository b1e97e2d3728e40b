import { Injectable } from '@nestjs/common';
import type { Role } from '@pgque/nestjs';

/** What the environment says. */
@Injectable()
export class Settings {
  readonly databaseUrl: string = required('DATABASE_URL');
  readonly port = Number(process.env['PORT'] ?? 3000);
  /** `producer` for processes that only answer HTTP, `worker` for those that only work. */
  readonly role = (process.env['PGQUE_ROLE'] ?? 'both') as Role;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
