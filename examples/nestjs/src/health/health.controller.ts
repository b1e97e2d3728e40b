import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, type HealthIndicatorResult } from '@nestjs/terminus';
import { PgqueHealthIndicator } from '@pgque/nestjs';
import { ImagesPool } from '../images/images.pool.ts';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly pgque: PgqueHealthIndicator,
    private readonly images: ImagesPool,
  ) {}

  /** Alive: the process answers. */
  @Get('live')
  live(): void {}

  /** Ready: what is sent here is taken, and what is in the queues is handled. */
  @Get('ready')
  @HealthCheck()
  async ready(): Promise<HealthCheckResult> {
    return await this.health.check([() => this.pgque.check('queues', { timeoutMs: 1000 }), () => this.checkImages()]);
  }

  private checkImages(): HealthIndicatorResult {
    const { isHealthy = true, state = 'elsewhere' } = this.images.health ?? {};
    return { images: { status: isHealthy ? 'up' : 'down', state } };
  }
}
