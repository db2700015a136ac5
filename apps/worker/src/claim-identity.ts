import type { Claim } from '#api-contract';

/** What the service calls a piece of work, in paths and with which id. */
export interface ClaimIdentity {
  readonly kind: 'trial' | 'export' | 'preparation';
  readonly id: string;
}

export function claimIdentity(claim: Claim): ClaimIdentity {
  switch (claim.kind) {
    case 'trial':
      return { kind: 'trial', id: claim.trialId };
    case 'export':
      return { kind: 'export', id: claim.exportId };
    case 'profile':
    case 'probe':
      return { kind: 'preparation', id: claim.preparationId };
  }
}

/** A claim in words for the log: `Trial 3 of "insects": resnet18, deep, learning rate 0.01, 5 epochs`. */
export function describeClaim(claim: Claim): { readonly name: string; readonly what: string } {
  if (claim.kind === 'profile' || claim.kind === 'probe') {
    const name = `${claim.kind === 'profile' ? 'Profile' : 'Probe'} of ${claim.architecture}`;
    const of = claim.kind === 'profile' ? `batches ${claim.batches.join(', ')}` : claim.weights;
    return { name, what: `${claim.imageSize} pixels, ${of}` };
  }
  const { architecture, retrainDepth, learningRate, epochs } = claim.parameters;
  return {
    name:
      claim.kind === 'trial'
        ? `Trial ${claim.number} of "${claim.studyName}"`
        : `Export of trial ${claim.trialNumber} of "${claim.studyName}"`,
    what: `${architecture}, ${retrainDepth}, learning rate ${learningRate.toPrecision(3)}, ${epochs} epochs`,
  };
}
