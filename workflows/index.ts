export { extractFeatures } from './extract-features.js';
export { transferLearning } from './transfer-learning.js';
