import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoModule } from './go-artefacts.ts';
import { pip } from './python-artefacts.ts';
import { run } from './run.ts';

/** A new user's first minutes with the artefacts only: an empty folder, an installation, a program. Each answers what was printed. */
export interface TryOut {
  /** An empty folder. */
  readonly folder: string;
  /** Of an empty database. */
  readonly url: string;
}

export async function tryTypeScript({ folder, url }: TryOut, tarballs: ReadonlyMap<string, string>): Promise<string> {
  await installNpm(folder, tarballs, ['pgque', '@pgque/consumer']);
  writeFileSync(
    join(folder, 'app.ts'),
    `import { createConsumer, createTicker } from '@pgque/consumer';
import { connect, install } from 'pgque';

await using client = await connect(process.env.DATABASE_URL!);
await install(client);
await client.createQueue('orders');
await using ticker = createTicker(client);
await ticker.start();
const handled = Promise.withResolvers<void>();
await using consumer = createConsumer(client, { queue: 'orders', name: 'billing', startAt: 'latest' });
consumer.on('order.created', async ({ payload }) => {
  console.log('an invoice for', JSON.stringify(payload));
  handled.resolve();
});
await consumer.start();
await client.send('orders', { type: 'order.created', payload: { order_id: 42 } });
await handled.promise;
`,
  );
  return await run(process.execPath, ['app.ts'], { cwd: folder, env: { DATABASE_URL: url } });
}

export async function tryNest({ folder, url }: TryOut, tarballs: ReadonlyMap<string, string>): Promise<string> {
  const nest = ['@nestjs/common@12', '@nestjs/core@12', 'reflect-metadata', 'rxjs', 'typescript@5', '@types/node'];
  await installNpm(folder, tarballs, ['pgque', '@pgque/consumer', '@pgque/nestjs'], nest);
  writeFileSync(
    join(folder, 'app.ts'),
    `import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getQueueToken, PgqueConsumer, PgqueHandler, PgqueModule, type PgqueQueue } from '@pgque/nestjs';
import type { Message } from 'pgque';

const handled = Promise.withResolvers<void>();

@PgqueConsumer({ queue: 'orders', name: 'billing', startAt: 'earliest' })
class Billing {
  @PgqueHandler('order.created')
  onCreated({ payload }: Message): void {
    console.log('an invoice for', JSON.stringify(payload));
    handled.resolve();
  }
}

@Module({
  imports: [
    PgqueModule.forRoot({ url: process.env.DATABASE_URL!, install: true }),
    PgqueModule.registerQueue({ queue: 'orders', create: true }),
  ],
  providers: [Billing],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
await app.get<PgqueQueue>(getQueueToken('orders')).send({ type: 'order.created', payload: { order_id: 42 } });
await handled.promise;
await app.close();
`,
  );
  const compile = ['tsc', 'app.ts', '--experimentalDecorators', '--emitDecoratorMetadata', '--module', 'nodenext'];
  await run('npx', [...compile, '--target', 'es2022', '--skipLibCheck', '--lib', 'esnext'], { cwd: folder });
  return await run(process.execPath, ['app.js'], { cwd: folder, env: { DATABASE_URL: url } });
}

export async function tryCli({ folder, url }: TryOut, tarballs: ReadonlyMap<string, string>): Promise<string> {
  await installNpm(folder, tarballs, ['pgque', '@pgque/consumer', '@pgque/embedded', '@pgque/cli']);
  const pgque = (...args: string[]) => run('npx', ['pgque', ...args], { cwd: folder, env: { DATABASE_URL: url } });
  await pgque('install');
  await pgque('queue', 'create', 'orders');
  await pgque('send', 'orders', '{"order_id": 42}');
  await pgque('doctor');
  return await pgque('queue', 'list');
}

export async function tryPython({ folder, url }: TryOut, wheel: string, engine: string): Promise<string> {
  await run('python3', ['-m', 'venv', 'venv'], { cwd: folder });
  const python = join(folder, 'venv', 'bin', 'python');
  await run(python, [...pip, 'install', wheel, 'psycopg[binary]'], { cwd: folder });
  writeFileSync(
    join(folder, 'app.py'),
    `import os
import pgque

dsn = os.environ["DATABASE_URL"]
with pgque.connect(dsn) as client:
    client.conn.execute(open(os.environ["ENGINE"]).read())
    client.conn.commit()
    client.conn.execute("select pgque.create_queue('orders')")
    client.conn.execute("select pgque.subscribe('orders', 'billing')")
    client.conn.commit()
    client.send("orders", {"order_id": 42}, type="order.created")
    client.conn.commit()
    client.force_next_tick("orders")
    client.conn.commit()
    client.conn.execute("select pgque.ticker()")
    client.conn.commit()
    for message in client.receive("orders", "billing"):
        print("an invoice for", message.payload)
        client.ack(message.batch_id)
    client.conn.commit()
`,
  );
  return await run(python, ['app.py'], { cwd: folder, env: { DATABASE_URL: url, ENGINE: engine } });
}

export async function tryGo({ folder, url }: TryOut, module: GoModule, engine: string): Promise<string> {
  writeFileSync(
    join(folder, 'main.go'),
    `package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v5"
	pgque "${module.path}"
)

func main() {
	ctx := context.Background()
	url := os.Getenv("DATABASE_URL")
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	engine, err := os.ReadFile(os.Getenv("ENGINE"))
	if err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{string(engine), "select pgque.create_queue('orders')", "select pgque.subscribe('orders', 'billing')"} {
		if _, err := conn.PgConn().Exec(ctx, text).ReadAll(); err != nil {
			log.Fatal(err)
		}
	}
	client, err := pgque.Connect(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Send(ctx, "orders", pgque.Event{Type: "order.created", Payload: map[string]any{"order_id": 42}}); err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{"select pgque.force_next_tick('orders')", "select pgque.ticker()"} {
		if _, err := conn.PgConn().Exec(ctx, text).ReadAll(); err != nil {
			log.Fatal(err)
		}
	}
	messages, err := client.Receive(ctx, "orders", "billing", 100)
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range messages {
		fmt.Println("an invoice for", string(message.Payload))
	}
	if _, err := client.Ack(ctx, messages[0].BatchID); err != nil {
		log.Fatal(err)
	}
}
`,
  );
  const proxies = [`file://${module.proxy}`, ...(process.env['GOPROXY'] ?? 'https://proxy.golang.org').split(',')];
  const env = {
    DATABASE_URL: url,
    ENGINE: engine,
    GOPROXY: proxies.join(','),
    GONOSUMDB: module.path,
    GOFLAGS: '-mod=mod',
    GOMODCACHE: join(folder, 'modules'),
  };
  await run('go', ['mod', 'init', 'example.com/app'], { cwd: folder, env });
  await run('go', ['get', `${module.path}@${module.version}`], { cwd: folder, env });
  await run('go', ['mod', 'tidy'], { cwd: folder, env });
  const printed = await run('go', ['run', '.'], { cwd: folder, env });
  // What the module cache holds is read-only, and could not be removed with the folder.
  await run('go', ['clean', '-modcache'], { cwd: folder, env });
  return printed;
}

export async function tryPsql({ folder, url }: TryOut, engine: string): Promise<string> {
  const psql = (...args: string[]) =>
    run('psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', ...args, url], { cwd: folder });
  await psql('--single-transaction', '-f', engine);
  const statements = [
    `select pgque.create_queue('orders')`,
    `select pgque.subscribe('orders', 'billing')`,
    `select pgque.send('orders', 'order.created', '{"order_id": 42}'::jsonb)`,
    `select pgque.force_next_tick('orders')`,
    `select pgque.ticker()`,
    `select payload from pgque.receive('orders', 'billing', 100)`,
  ];
  return await psql('--tuples-only', ...statements.flatMap((statement) => ['-c', statement]));
}

async function installNpm(
  folder: string,
  tarballs: ReadonlyMap<string, string>,
  names: readonly string[],
  others: readonly string[] = [],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const files = names.map((name) => {
    const tarball = tarballs.get(name);
    if (!tarball) throw new Error(`${name} was not packed`);
    return tarball;
  });
  await run('npm', ['install', '--no-audit', '--no-fund', ...files, ...others], { cwd: folder });
}
