import { BadInput, GraftError } from '../errors/graft-error.js';
import { explainError } from './exit-codes.js';
import type { RunCommandOptions } from './run-options.js';

/** `graft run tutorial`: other words for a run of the data set `food-5k`. */
export const TUTORIAL = {
  name: 'tutorial',
  dataset: 'food-5k',
  description: `The tutorial's experiment: the pictures of Food-5K, resized as Keras' load_img does; VGG16 without its dense
layers (with Keras' weights 7 × 7 × 512 = 25,088 features a picture); logistic regression with C = 1, no sweep.`,
} as const;

/** What the experiment decides itself, and the option that would decide otherwise. */
const DECIDED = [
  ['backbone', '--backbone'],
  ['C', '--C'],
  ['classWeight', '--class-weight'],
  ['head', '--head'],
  ['tune', '--tune'],
  ['standardise', '--standardise'],
] as const;

/** The options of the run that the tutorial is. Throws `BadInput` for those that would make it another experiment. */
export function fillInTutorial(options: RunCommandOptions): RunCommandOptions {
  for (const [field, option] of DECIDED)
    if (options[field] !== undefined)
      throw new BadInput(
        `graft run tutorial is one experiment, so ${option} has no place there. Run your own: graft run food-5k ` +
          '--backbone vgg16, with any option.',
      );
  return { ...options, backbone: 'vgg16', C: 1, classWeight: 'none' };
}

/** The data set or the weights could not be fetched. */
export class TutorialUnavailable extends GraftError {}

/** Runs `work`, and where a download fails says which options take what it would have brought. */
export async function namingBothDownloads(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const { message } = explainError(cause);
    if (!message.startsWith('The download failed')) throw cause;
    const [reason = message] = message.split(/\. (?=Run again|Check the address)/);
    throw new TutorialUnavailable(
      `${reason}. The tutorial needs Food-5K and Keras' weights of VGG16: run again when the network works, or pass ` +
        'the files, fetched by other means, with --source Food-5K.zip and --weights ' +
        'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5.',
      { cause },
    );
  }
}
