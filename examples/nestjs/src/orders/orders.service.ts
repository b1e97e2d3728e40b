import { Injectable } from '@nestjs/common';
import { InjectQueue, type PgqueQueue } from '@pgque/nestjs';
import { Database } from '../database/database.ts';
import { orders } from './orders.queue.ts';

export interface NewOrder {
  readonly reference: string;
  readonly email: string;
  readonly amount: number;
}

@Injectable()
export class OrdersService {
  constructor(
    private readonly database: Database,
    @InjectQueue(orders) private readonly queue: PgqueQueue<typeof orders>,
  ) {}

  /** The order and the event that tells of it are there together, or neither is. */
  async place({ reference, email, amount }: NewOrder): Promise<string> {
    return await this.database.transaction(async (connection) => {
      const insert = 'insert into orders (reference, email, amount) values ($1, $2, $3) returning order_id';
      const { rows } = await connection.query<{ order_id: string }>(insert, [reference, email, amount]);
      const order_id = rows[0]?.order_id as string;
      await this.queue.using(connection).send({ type: 'order.created', payload: { order_id, email, amount } });
      return order_id;
    });
  }

  async find(orderId: string): Promise<object | undefined> {
    const [order] = await this.database.query<object>(
      `select order_id, reference, email, amount,
         (select count(*)::int from invoices i where i.order_id = o.order_id) as invoices
       from orders o where order_id = $1`,
      [orderId],
    );
    return order;
  }
}
