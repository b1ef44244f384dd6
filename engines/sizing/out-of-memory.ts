/**
 * Whether an engine failed for want of memory. Libraries tell it in words alone: onnxruntime's arenas and CUDA calls,
 * TensorFlow's allocator (status 8), C++ itself, and WebAssembly.
 */
export function isOutOfMemory(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return WORDS.some((words) => words.test(message));
}

const WORDS: readonly RegExp[] = [
  /Failed to allocate memory for requested buffer/i, // BFCArena::AllocateRawInternal
  /Available memory of \d+ is smaller than requested bytes/i, // BFCArena::Extend
  /CUDA (failure|error) 2\b|cudaErrorMemoryAllocation|out of memory/i,
  /CU(DNN|BLAS)_STATUS_ALLOC_FAILED/,
  /OOM when allocating|RESOURCE_EXHAUSTED|Resource exhausted/i,
  /bad_alloc|bad allocation|Array buffer allocation failed|Cannot enlarge memory/i,
];
