import { SPLITS, type SplitName } from './dataset.js';

/** What people call the splits; compared without regard to case. */
const SYNONYMS: Readonly<Record<SplitName, readonly string[]>> = {
  training: ['training', 'train'],
  validation: ['validation', 'valid', 'val'],
  evaluation: ['evaluation', 'eval', 'test', 'testing'],
};

/** The split that a folder's name stands for: `train` is training, `test` evaluation. */
export function splitOfFolder(name: string): SplitName | undefined {
  const lower = name.toLowerCase();
  return SPLITS.find((split) => SYNONYMS[split].includes(lower));
}
