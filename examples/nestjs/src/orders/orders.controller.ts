import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { z } from 'zod';
import { OrdersService } from './orders.service.ts';

const newOrder = z.object({ reference: z.string().min(1), email: z.string(), amount: z.number() });
const uniqueViolation = '23505';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  async place(@Body() body: unknown): Promise<{ order_id: string }> {
    const parsed = newOrder.safeParse(body);
    if (!parsed.success) throw new BadRequestException(z.prettifyError(parsed.error));
    try {
      return { order_id: await this.orders.place(parsed.data) };
    } catch (error) {
      if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
      throw new ConflictException('there is such an order already');
    }
  }

  @Get(':id')
  async find(@Param('id') id: string): Promise<object> {
    const order = await this.orders.find(id);
    if (!order) throw new NotFoundException();
    return order;
  }
}
