/** A function that may go to zero. */
export interface IdleStop {
  /** Whether no call is in flight, and none waits. */
  isIdle(): boolean;
  /** Writes down that it is to be at zero, or what it was to be before. */
  write(wish: 'zero' | 'as before'): Promise<void>;
  /** Takes its instances out of rotation, in this turn, and ends them. */
  stop(): void;
}

/**
 * Stops a function if nothing calls it. A call that comes while the disk is written keeps it: from the last look to the
 * withdrawal of its instances none can come, as both are one turn.
 */
export async function stopIfIdle(function_: IdleStop): Promise<void> {
  if (!function_.isIdle()) return;
  await function_.write('zero');
  if (function_.isIdle()) function_.stop();
  else await function_.write('as before');
}
