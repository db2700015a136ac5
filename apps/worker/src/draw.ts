import { drawInsects } from '#dataset/pictures';
import { systemClock } from '#primitives';
import type { Command } from './config.js';
import type { Log } from './log.js';
import { progressLines } from './progress-lines.js';

/** Draws the demo pictures: a folder of class folders, ready to import. */
export async function draw(command: Extract<Command, { name: 'draw' }>, log: Log): Promise<void> {
  const { folder, seed } = command;
  const onProgress = progressLines(log, 'draw.progress', 'pictures drawn', systemClock);
  await drawInsects({ folder, seed, onProgress });
  log.info('draw.done', `The pictures lie in ${folder}`, { folder, seed });
}
