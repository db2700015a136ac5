/** How the script searches: see optuna-pytorch.py. */
export const scriptSettings = ['default', 'constrained', 'pruned'] as const;
export type ScriptSetting = (typeof scriptSettings)[number];
