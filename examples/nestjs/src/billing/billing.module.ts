import { Module } from '@nestjs/common';
import { BillingConsumer } from './billing.consumer.ts';

@Module({ providers: [BillingConsumer] })
export class BillingModule {}
