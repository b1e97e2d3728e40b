import type { TestDatabase } from '@pgque/testing';
import type { Client } from 'pg';

/** What a statement can be run on: the main connection of a database, or another one. */
export type Session = TestDatabase | Client;
