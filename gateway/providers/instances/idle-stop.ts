/** A function that can be scaled to zero. */
export interface IdleStop {
  /** Whether no call is in flight, and none waits. */
  isIdle(): boolean;
  /** Writes the wanted number of instances to the disk: zero, or the number before. */
  write(wish: 'zero' | 'as before'): Promise<void>;
  /** Takes the instances out of the rotation, synchronously, and stops them. */
  stop(): void;
}

/**
 * Stops a function if no call needs it. A call that comes during the write to the disk keeps the function. After the
 * last check no call can come, as the check and the end of the rotation are one turn of the event loop.
 */
export async function stopIfIdle(function_: IdleStop): Promise<void> {
  if (!function_.isIdle()) return;
  await function_.write('zero');
  if (function_.isIdle()) function_.stop();
  else await function_.write('as before');
}
