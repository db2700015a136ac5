import type { Command } from 'commander';
import { addCommand } from '../command.js';
import { renderProfiles } from '../tables.js';

interface ProfileOptions {
  architecture?: string;
  device?: string;
}

/** `retune profile …`: what architectures cost on each device, measured before any training. */
export function addProfileCommands(program: Command): void {
  const profile = program.command('profile').description('latency, memory and size of architectures on each device');
  const named = (command: Command) =>
    command
      .option('--architecture <name>', 'only this one')
      .option('--device <device>', 'only devices of this class (cpu, webgpu, cuda) or name');
  addCommand<ProfileOptions>(profile, {
    signature: 'list',
    description: 'list what was measured of architectures, the newest first',
    examples: ['retune profile list --architecture resnet18', 'retune profile list --device cpu --json'],
    http: true,
    options: named,
    run: async ({ client, output }, _, { architecture, device }) => {
      const items = await client.profiles({ architecture, device });
      output.result({ items }, () => (items.length === 0 ? 'No profiles.' : renderProfiles(items)));
    },
  });
  addCommand<ProfileOptions>(profile, {
    signature: 'remeasure',
    description: 'have profiles measured anew by the next worker on their device; until then the old ones hold',
    examples: ['retune profile remeasure --architecture resnet18', 'retune profile remeasure --device cuda'],
    http: true,
    options: named,
    run: async ({ client, output }, _, { architecture, device }) => {
      const answer = await client.remeasureProfiles({ architecture, device });
      const count = answer.profiles === 1 ? '1 profile' : `${answer.profiles} profiles`;
      output.result(answer, () => `${count} will be measured anew. See: retune profile list`);
    },
  });
}
