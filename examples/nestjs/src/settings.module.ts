import { Module } from '@nestjs/common';
import { Settings } from './settings.ts';

@Module({ providers: [Settings], exports: [Settings] })
export class SettingsModule {}
