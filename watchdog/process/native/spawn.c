/*
 * Starts processes. The child shares the memory of the watchdog until it executes its program (CLONE_VM), so that no
 * page table is copied; and unlike with vfork(2) the watchdog goes on meanwhile: a child that waits for a processor
 * does not hold up the event loop (measured: 15 µs instead of 70 to 90, 20 instead of 600 to 1,500 for one in ten on
 * a busy machine). So until then the child reads only a slot, a piece of memory that no other process uses. The slot is
 * used again when the process is gone.
 */
#include "spawn.h"

enum { SLOT_BYTES = 64 << 10, STACK_BYTES = 16 << 10, SLOTS = 32768, SPARE_SLOTS = 128 };

struct slot {
  char **paths, **argv, **environment; /* argv[-1] is free, for the shell's name */
  int32_t in, out, err;
  volatile int32_t error;
  size_t bytes;
};

/* Whether a process gets a session of its own beside its group; see find_terminal. */
static int own_sessions;

static struct slot *slots[SLOTS];
static int32_t used, free_slots[SLOTS], free_count, spare[SPARE_SLOTS], spare_count;

static size_t count(const struct block *block) {
  size_t strings = 0;
  for (size_t at = 0; at < block->length; at++) strings += block->bytes[at] == 0;
  return strings;
}

/* Not memcpy: the compiler may make a call of it, and there is no library to answer. */
static void copy(char *to, const char *from, size_t length) {
#if defined(__x86_64__)
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
#else
  for (size_t at = 0; at < length; at++) {
    ((volatile char *)to)[at] = from[at];
  }
#endif
}

/* Copies a block behind `*text`, and points to its strings from `pointers` on. Returns where the next would be. */
static char **lay(const struct block *block, char **pointers, char **text) {
  copy(*text, block->bytes, block->length);
  char *start = *text, *end = *text + block->length;
  for (char *at = start; at < end; at++) {
    if (*at) continue;
    *pointers++ = start;
    start = at + 1;
  }
  *text = end;
  return pointers;
}

static struct slot *allocate(size_t bytes) {
  long at = CALL6(SYS_mmap, 0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (at < 0 && at > -4096) return 0;
  struct slot *slot = (struct slot *)at;
  slot->bytes = bytes;
  return slot;
}

/* Returns the number of a slot of at least so many bytes, or -1. */
static int32_t take(size_t bytes) {
  if (bytes <= SLOT_BYTES && spare_count > 0) return spare[--spare_count];
  if (free_count == 0 && used == SLOTS) return -1;
  struct slot *slot = allocate(bytes <= SLOT_BYTES ? SLOT_BYTES : (bytes + 4095) & ~(size_t)4095);
  if (!slot) return -1;
  int32_t number = free_count > 0 ? free_slots[--free_count] : used++;
  slots[number] = slot;
  return number;
}

static void give_back(int32_t number) {
  if (slots[number]->bytes == SLOT_BYTES && spare_count < SPARE_SLOTS) {
    spare[spare_count++] = number;
    return;
  }
  CALL2(SYS_munmap, slots[number], slots[number]->bytes);
  slots[number] = 0;
  free_slots[free_count++] = number;
}

/* As execvp(3) of glibc does: a text without a first line that names an interpreter is for the shell. */
static int execute(struct slot *slot) {
  static char shell[] = "/bin/sh";
  int was_denied = 0, error = ENOENT;
  for (char **path = slot->paths; *path; path++) {
    error = -(int)CALL3(SYS_execve, *path, slot->argv, slot->environment);
    if (error == ENOEXEC) {
      slot->argv[-1] = shell;
      slot->argv[0] = *path;
      error = -(int)CALL3(SYS_execve, shell, slot->argv - 1, slot->environment);
      return error;
    }
    if (error == EACCES) was_denied = 1;
    else if (error != ENOENT && error != ENOTDIR && error != ESTALE && error != ENODEV && error != ETIMEDOUT) return error;
  }
  return was_denied ? EACCES : error;
}

/*
 * A process leads a group of its own, and a session only where the watchdog has a terminal. In the watchdog's session
 * the kernel would stop a process of a new group that reads /dev/tty; in a session of its own, the process gets the
 * error that it has no terminal. Without a terminal a session would only cost: with autogroup, which most distributions
 * have on, the scheduler weighs each session as much as the watchdog, whose event loop then waits for a processor (p99
 * with 8 clients: 40 ms, not 15).
 */
void find_terminal(void) {
  long terminal = CALL4(SYS_openat, AT_FDCWD, "/dev/tty", O_NOCTTY | O_CLOEXEC, 0);
  own_sessions = terminal >= 0;
  if (terminal >= 0) CALL1(SYS_close, terminal);
}

/*
 * In the child. Until it executes its program it must touch nothing of the watchdog's but its slot; so the signals,
 * whose handlers are the watchdog's, are let in only when those handlers are gone.
 */
static void begin(void *of) {
  struct slot *slot = of;
  uint64_t nothing[4] = {0, 0, 0, 0}; /* a struct sigaction with SIG_DFL, and an empty set */
  for (long signal = 1; signal <= SIGNALS; signal++) CALL4(SYS_rt_sigaction, signal, nothing, 0, SIGNAL_SET_BYTES);
  if (own_sessions) CALL0(SYS_setsid);
  else CALL2(SYS_setpgid, 0, 0);
  CALL3(SYS_dup3, slot->in, 0, 0);
  CALL3(SYS_dup3, slot->out, 1, 0);
  CALL3(SYS_dup3, slot->err, 2, 0);
  CALL4(SYS_rt_sigprocmask, SIG_SETMASK, nothing, 0, SIGNAL_SET_BYTES);
  slot->error = execute(slot);
  for (;;) CALL1(SYS_exit_group, 127);
}

static void fill(struct slot *slot, const struct order *order, size_t paths, size_t argv) {
  char **pointers = (char **)(slot + 1);
  char *text = (char *)(pointers + paths + argv + count(&order->constant) + count(&order->own) + 4);
  slot->paths = pointers;
  pointers = lay(&order->paths, pointers, &text);
  *pointers++ = 0;
  slot->argv = ++pointers;
  pointers = lay(&order->argv, pointers, &text);
  *pointers++ = 0;
  slot->environment = pointers;
  pointers = lay(&order->constant, pointers, &text);
  pointers = lay(&order->own, pointers, &text);
  *pointers = 0;
  slot->error = 0;
}

static void close_all(const int32_t *files, int number) {
  for (int at = 0; at < number; at++) CALL1(SYS_close, files[at]);
}

int spawn(const struct order *order, struct started *started) {
  size_t paths = count(&order->paths), argv = count(&order->argv);
  size_t strings = paths + argv + count(&order->constant) + count(&order->own) + 4;
  size_t bytes = order->paths.length + order->argv.length + order->constant.length + order->own.length;
  int32_t number = take(sizeof(struct slot) + strings * sizeof(char *) + bytes + STACK_BYTES);
  if (number < 0) return -EAGAIN;
  struct slot *slot = slots[number];
  fill(slot, order, paths, argv);

  int32_t pipes[6];
  int pairs = order->merge ? 2 : 3, made = 0;
  long result = 0;
  while (made < pairs && (result = CALL2(SYS_pipe2, pipes + 2 * made, O_CLOEXEC)) == 0) made++;
  if (result < 0) {
    close_all(pipes, 2 * made);
    give_back(number);
    return (int)result;
  }
  slot->in = pipes[0];
  slot->out = pipes[3];
  slot->err = order->merge ? pipes[3] : pipes[5];
  started->in = pipes[1];
  started->out = pipes[2];
  started->err = order->merge ? -1 : pipes[4];
  started->slot = number;
  CALL3(SYS_fcntl, started->in, F_SETFL, O_NONBLOCK);
  CALL3(SYS_fcntl, started->out, F_SETFL, O_NONBLOCK);
  if (!order->merge) CALL3(SYS_fcntl, started->err, F_SETFL, O_NONBLOCK);

  uint64_t all = ~(uint64_t)0, before;
  CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, SIGNAL_SET_BYTES);
  char *stack = (char *)slot + slot->bytes;
  started->pidfd = -1;
  result = clone_onto(CLONE_VM | CLONE_PIDFD | SIGCHLD, stack, &started->pidfd, begin, slot);
  CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, SIGNAL_SET_BYTES);
  if (result > 0 && started->pidfd < 0) { /* a kernel before 5.2 ignores CLONE_PIDFD */
    CALL2(SYS_kill, result, SIGKILL);
    CALL4(SYS_wait4, result, 0, 0, 0);
    result = -ENOSYS;
  }
  if (result < 0) {
    close_all(pipes, 2 * pairs);
    give_back(number);
    return (int)result;
  }
  started->pid = (int32_t)result;
  CALL1(SYS_close, slot->in);
  return 0;
}

int spawn_error(int32_t number) {
  if (number < 0 || number >= used || !slots[number]) return 0;
  struct slot *slot = slots[number];
  int error = slot->error;
  CALL1(SYS_close, slot->out);
  if (slot->err != slot->out) CALL1(SYS_close, slot->err);
  give_back(number);
  return error;
}
