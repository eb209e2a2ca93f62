/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>} whether it has a method `then`, as a promise has
 */
export function isPromise(value) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}
