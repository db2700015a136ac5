/** Options of the sampler `retune`, each true unless it is said: what is switched off in an ablation. */
export const retuneSwitches = ['profileGate', 'featureCache', 'sharing', 'costAware', 'paretoPruning'] as const;
export type RetuneSwitch = (typeof retuneSwitches)[number];
