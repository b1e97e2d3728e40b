import { Module } from '@nestjs/common';
import { PgqueModule } from '@pgque/nestjs';
import { DatabaseModule } from '../database/database.module.ts';
import { OrdersController } from './orders.controller.ts';
import { orders } from './orders.queue.ts';
import { OrdersService } from './orders.service.ts';

@Module({
  imports: [DatabaseModule, PgqueModule.registerQueue({ queue: orders, create: true })],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class OrdersModule {}
