import type { OnnxModel } from '../../backbones/onnx/model.js';
import { computePicturewise } from '../picturewise/compute-picturewise.js';
import type { PlaceWeights } from '../winograd/graph-part.js';
import {
  canRewrite,
  type Pays,
  paysByWinograd,
  rewriteConvolutions,
} from '../winograd/rewrite-convolutions.js';

/** Which convolutions are computed by Winograd's algorithm: those that it makes faster, none, or all that it can do. */
export type WinogradUse = 'where-faster' | 'nowhere' | 'everywhere';

/** What a network may be rewritten for. */
export interface Rewriting {
  readonly winograd: WinogradUse;
  /** Pictures in every micro-batch. */
  readonly microBatch: number;
}

/** Leaves every network as it is. */
export const NO_REWRITING: Rewriting = { winograd: 'nowhere', microBatch: 1 };

/** How one network is rewritten. */
export interface RewritingPlan {
  /** New weights are made, as large as the network's own and larger. */
  readonly makesWeights: boolean;
  /** @param place where new weights are put. Default: into the model. */
  rewrite(place?: PlaceWeights): OnnxModel;
}

const PAYS: Readonly<Record<WinogradUse, Pays>> = {
  'where-faster': paysByWinograd,
  nowhere: () => false,
  everywhere: () => true,
};

/**
 * Winograd's algorithm first, then picture by picture what that left as it was: a copy for every picture of the matrix
 * products would hold its own copy of the weights.
 *
 * @returns undefined where the network stays as it is.
 */
export function planRewriting(
  model: OnnxModel,
  { winograd, microBatch }: Rewriting,
): RewritingPlan | undefined {
  const pays = PAYS[winograd];
  if (canRewrite(model, pays)) {
    const rewrite = (place?: PlaceWeights): OnnxModel => {
      const rewritten = rewriteConvolutions(model, pays, place);
      return computePicturewise(rewritten, microBatch) ?? rewritten;
    };
    return { makesWeights: true, rewrite };
  }
  const rewritten = computePicturewise(model, microBatch);
  return rewritten && { makesWeights: false, rewrite: () => rewritten };
}
