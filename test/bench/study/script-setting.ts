/** How the script searches: see optuna-pytorch.py. */
export const scriptSettings = ['default', 'constrained', 'pruned'] as const;
export type ScriptSetting = (typeof scriptSettings)[number];

/** What a side of the script is called in tables and files. */
export function scriptName(setting: ScriptSetting): string {
  return `script ${setting}`;
}
