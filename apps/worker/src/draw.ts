import { drawInsects } from '#dataset/pictures';
import type { Command } from './config.js';
import type { Log } from './log.js';

/** Draws the demo pictures: a folder of class folders, ready to import. */
export async function draw(command: Extract<Command, { name: 'draw' }>, log: Log): Promise<void> {
  const { folder, seed } = command;
  let shown = 0;
  await drawInsects({
    folder,
    seed,
    onProgress: (done, total) => {
      const tenth = Math.floor((10 * done) / total);
      if (tenth > shown) log.info('draw.progress', `${done} of ${total} pictures drawn`, { done, total });
      shown = tenth;
    },
  });
  log.info('draw.done', `The pictures lie in ${folder}`, { folder, seed });
}
