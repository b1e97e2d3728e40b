import { Body, Controller, Get, HttpCode, NotFoundException, Param, Put } from '@nestjs/common';
import { InjectQueue, type PgqueQueue } from '@pgque/nestjs';
import { Database } from '../database/database.ts';
import { images } from './images.queue.ts';

@Controller('images')
export class ImagesController {
  constructor(
    private readonly database: Database,
    @InjectQueue(images) private readonly queue: PgqueQueue<typeof images>,
  ) {}

  @Put(':id')
  @HttpCode(202)
  async upload(@Param('id') image_id: string, @Body() { pixels }: { pixels: string }): Promise<void> {
    await this.queue.send({ type: 'image.uploaded', payload: { image_id, pixels } });
  }

  @Get(':id')
  async find(@Param('id') id: string): Promise<object> {
    const [thumbnail] = await this.database.query<object>('select digest from thumbnails where image_id = $1', [id]);
    if (!thumbnail) throw new NotFoundException();
    return thumbnail;
  }
}
