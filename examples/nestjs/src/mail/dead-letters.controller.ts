import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { InjectPgque } from '@pgque/nestjs';
import type { Client } from 'pgque';
import { orders } from '../orders/orders.queue.ts';

/** For the people who look after what has failed. */
@Controller('dead-letters')
export class DeadLettersController {
  constructor(@InjectPgque() private readonly client: Client) {}

  @Get()
  async list(): Promise<object[]> {
    const letters = await this.client.dlq.inspect(orders);
    return letters.map(({ deadLetterId, consumer, type, reason, payload }) => ({
      id: String(deadLetterId),
      consumer,
      type,
      reason,
      payload,
    }));
  }

  @Post(':id/replay')
  @HttpCode(204)
  async replay(@Param('id') id: string): Promise<void> {
    await this.client.dlq.replay(BigInt(id));
  }
}
