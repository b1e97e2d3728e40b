import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ImagesModule } from '../images/images.module.ts';
import { HealthController } from './health.controller.ts';

@Module({ imports: [TerminusModule.forRoot({ logger: false }), ImagesModule], controllers: [HealthController] })
export class HealthModule {}
