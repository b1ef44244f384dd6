export type SearchAttributeType = 'Keyword' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

/** The search attributes that runs can be found by in the Temporal UI. */
export const graftSearchAttributes = {
  GraftDataset: 'Keyword',
  GraftBackbone: 'Keyword',
  GraftStage: 'Keyword',
  GraftAccuracy: 'Double',
} as const satisfies Record<string, SearchAttributeType>;
