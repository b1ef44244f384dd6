import type { BackboneDraft } from '../../backbones/draft.js';

/** A network as an importer hands it over; its bytes are no network, for the registry never looks inside. */
export const draftOf = (
  name: string,
  bytes = 'weights',
  more: Partial<BackboneDraft> = {},
): BackboneDraft => ({
  name,
  title: name.toUpperCase(),
  onnx: Buffer.from(bytes),
  dimensions: 4,
  inputSize: 224,
  recipe: { name: 'keras-nearest', side: 224, orientation: 'ignore', icc: 'ignore', alpha: 'drop' },
  licence: 'CC-BY-4.0',
  origin: `${name}.h5`,
  ...more,
});
