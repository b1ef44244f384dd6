import type { Backbone } from '../backbone.js';
import type { BackboneDraft } from '../draft.js';
import { encodeModel } from '../onnx/codec.js';
import { type ActivationRange, scaleOf } from './activation-range.js';
import { type Calibration, calibrate, compareSamples } from './calibrate.js';
import type { OpenNetwork } from './network-runner.js';
import { writeQdq } from './qdq-graph.js';
import { planQuantization, warnOfPlan } from './quantization-plan.js';
import { readSubject } from './subject.js';

export interface QuantizationRequest {
  /** The float32 network. */
  readonly backbone: Pick<
    Backbone,
    'name' | 'title' | 'dimensions' | 'inputSize' | 'recipe' | 'licence' | 'fingerprint'
  >;
  /** Its ONNX file. */
  readonly onnx: Uint8Array;
  /** Calibration pictures by the backbone's recipe, `inputSize × inputSize × 3` bytes each: like those to come, 100 or so. */
  readonly pictures: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Where they come from, for people: `128 pictures of food-5k`. */
  readonly calibration: string;
  /** Name of the new backbone: `vgg16-int8`. */
  readonly name: string;
  /**
   * Weights of 7 bits: for processors whose 8-bit multiplication saturates (x86 with AVX2 or AVX-512 but without VNNI).
   * Costs accuracy. Default false.
   */
  readonly reduceRange?: boolean;
  readonly open: OpenNetwork;
}

export interface Quantization {
  readonly draft: BackboneDraft;
  /** Mean cosine between float32 and int8 features of the first few calibration pictures; a test tells more. */
  readonly cosine: number;
  /** Why it may not be worth it, where that is to be feared. */
  readonly warning: string | undefined;
}

/** Largest magnitudes of a weight. Two products of 255 × 64 fit into 16 bits, two of 255 × 127 do not. */
const LIMITS = { full: 127, reduced: 64 };

/**
 * Makes an int8 network of a float32 one by static quantisation: weights in 8 bits with a scale for each output channel,
 * activations in 8 bits with the range that they had over the calibration pictures. Preprocessing and features stay
 * float32. The same network and pictures give the same bytes on the same kind of machine.
 *
 * @throws BadInput for a network that cannot be quantised, or where there is no picture; RangeNotFinite,
 *   QuantizationFailed, and what `open` throws.
 */
export async function quantizeBackbone(request: QuantizationRequest): Promise<Quantization> {
  const { backbone, onnx, open, reduceRange = false } = request;
  const shown = `Backbone "${backbone.name}"`;
  const subject = readSubject(onnx, shown, backbone.inputSize);
  const { model } = subject;
  const plan = planQuantization(model, shown);
  const calibration = await calibrate(subject, [...new Set(plan.points.values())], request.pictures, open);
  const scales = new Map(
    [...plan.points].map(([value, source]) => [value, scaleOf(rangeOf(calibration, source))]),
  );
  const limit = reduceRange ? LIMITS.reduced : LIMITS.full;
  const quantized = encodeModel(writeQdq(model, plan, scales, limit));
  return {
    draft: draftOf(request, quantized),
    cosine: await compareSamples(quantized, subject, calibration, open),
    warning: warnOfPlan(plan, shown),
  };
}

function rangeOf({ ranges }: Calibration, value: string): ActivationRange {
  const range = ranges.get(value);
  if (range === undefined) throw new RangeError(`Value ${value} was not observed.`);
  return range;
}

function draftOf({ backbone, name, calibration }: QuantizationRequest, onnx: Uint8Array): BackboneDraft {
  const { title, dimensions, inputSize, recipe, licence, fingerprint } = backbone;
  return {
    name,
    title: `${title} (int8)`,
    onnx,
    dimensions,
    inputSize,
    recipe,
    licence,
    origin: `${backbone.name}, quantised with ${calibration}`,
    precision: 'int8',
    quantisedFrom: { name: backbone.name, fingerprint },
  };
}
