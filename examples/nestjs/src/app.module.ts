import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { PgqueModule } from '@pgque/nestjs';
import { createClient } from 'pgque';
import { openTelemetry } from 'pgque/opentelemetry';
import { fromPg } from 'pgque/pg';
import { BillingModule } from './billing/billing.module.ts';
import { DatabaseModule } from './database/database.module.ts';
import { Database } from './database/database.ts';
import { HealthModule } from './health/health.module.ts';
import { ImagesModule } from './images/images.module.ts';
import { LogInterceptor } from './log.interceptor.ts';
import { MailModule } from './mail/mail.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { SettingsModule } from './settings.module.ts';
import { Settings } from './settings.ts';

@Module({
  imports: [
    PgqueModule.forRootAsync({
      imports: [DatabaseModule, SettingsModule],
      inject: [Database, Settings],
      useFactory: ({ pool }: Database, { databaseUrl, role }: Settings) => ({
        client: createClient(fromPg(pool), { direct: databaseUrl, instrumentation: openTelemetry() }),
        role,
        install: true,
        stopTimeout: '10s',
      }),
    }),
    OrdersModule,
    BillingModule,
    MailModule,
    ImagesModule,
    HealthModule,
  ],
  providers: [{ provide: APP_INTERCEPTOR, useClass: LogInterceptor }],
})
export class AppModule {}
