import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { closeAtEndOfFile, openTestDatabase } from '@pgque/testing';
import { connect } from 'pgque';

class Root {}

/** An application whose root module is this; it is closed at the end of the file at the latest. */
export async function startApp(metadata: ModuleMetadata): Promise<INestApplicationContext> {
  const root = { module: Root, ...metadata };
  const app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
  let closing: Promise<void> | undefined;
  const close = app.close.bind(app);
  app.close = () => {
    closing ??= close();
    return closing;
  };
  closeAtEndOfFile({ [Symbol.asyncDispose]: () => app.close() });
  return app;
}

/** What the start of such an application rejects with. */
export async function startFailure(metadata: ModuleMetadata): Promise<unknown> {
  return await startApp(metadata).then(
    () => new Error('the application has started'),
    (error: unknown) => error,
  );
}

/** A database of the file's own, and a client on it beside the applications. */
export async function openBench() {
  const database = await openTestDatabase();
  const client = closeAtEndOfFile(await connect(database.url));
  return { database, url: database.url, client };
}

/** Sessions on the database beside that of the bench. */
export async function sessionsOf(database: { query(text: string): Promise<object[]> }): Promise<object[]> {
  return await database.query(
    `select application_name, query from pg_stat_activity
     where datname = current_database() and application_name = 'app' and pid <> pg_backend_pid()`,
  );
}
