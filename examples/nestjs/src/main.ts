import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.ts';
import { Settings } from './settings.ts';
import { LineExporter } from './telemetry/line-exporter.ts';
import { startTelemetry } from './telemetry/start-telemetry.ts';

startTelemetry(new LineExporter());
const app = await NestFactory.create(AppModule);
// SIGTERM: consumers drain, then the server closes, then the client and the pool.
app.enableShutdownHooks();
await app.listen(app.get(Settings).port);
console.log(`listening on ${await app.getUrl()}`);
