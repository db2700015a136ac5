/** What `--devices` takes, for the help of every command that has it. The worker checks it. */
export const devicesHelp =
  'one worker for each: auto, cpu, webgpu:0, cuda:0,1, tfjs-node or several of these with commas (default: RETUNE_DEVICES, else auto)';
