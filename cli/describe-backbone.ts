import type { Backbone, BackboneDescription } from '../backbones/backbone.js';
import type { RegisteredBackbone } from '../backbones/registry.js';
import { count } from '../dataset/quote.js';

/** `VGG16, 25,088 features, float32, keras-nearest` */
export function summariseBackbone({ title, dimensions, precision, recipe }: BackboneDescription): string {
  return `${title}, ${count(dimensions)} features, ${precision ?? 'float32'}, ${recipe.name}`;
}

/** What `graft backbone show` prints of a backbone, a pair a line. */
export function describeBackbone(
  backbone: Backbone | RegisteredBackbone,
): readonly (readonly [string, string])[] {
  const { name, title, dimensions, precision, inputSize, recipe, sha256, fingerprint, licence } = backbone;
  return [
    ['name', name],
    ['network', title],
    ['features', `${count(dimensions)}, ${precision ?? 'float32'}`],
    ['input', `${inputSize} × ${inputSize} pixels, recipe ${recipe.name}`],
    ['licence', licence],
    ...('origin' in backbone ? describeRegistered(backbone) : [['origin', 'comes with Graft'] as const]),
    ['SHA-256', sha256],
    ['fingerprint', fingerprint],
  ];
}

function describeRegistered({
  origin,
  quantisedFrom,
  test,
}: RegisteredBackbone): (readonly [string, string])[] {
  const lines: (readonly [string, string])[] = [['origin', origin]];
  if (quantisedFrom !== undefined)
    lines.push(['made from', `${quantisedFrom.name}, fingerprint ${quantisedFrom.fingerprint.slice(0, 12)}`]);
  if (test !== undefined) lines.push(['test', describeTest(test)]);
  return lines;
}

function describeTest({
  against,
  images,
  cosine,
  accuracy,
  testedAt,
}: NonNullable<RegisteredBackbone['test']>): string {
  const compared = `cosine to ${against.name} ${cosine.mean.toFixed(4)} (least ${cosine.least.toFixed(4)}) on ${count(images)} pictures`;
  const scored =
    accuracy === undefined
      ? ''
      : `; validation accuracy on ${accuracy.dataset} ${accuracy.own.toFixed(4)}, that of ${against.name} ${accuracy.against.toFixed(4)}`;
  return `${compared}${scored}; ${testedAt.slice(0, 10)}`;
}
