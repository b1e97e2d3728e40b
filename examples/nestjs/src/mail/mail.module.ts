import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { DeadLettersController } from './dead-letters.controller.ts';
import { MailServer } from './mail-server.ts';
import { MailerConsumer } from './mailer.consumer.ts';

@Module({ imports: [DatabaseModule], controllers: [DeadLettersController], providers: [MailerConsumer, MailServer] })
export class MailModule {}
