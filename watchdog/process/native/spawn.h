#ifndef SPAWN_H
#define SPAWN_H

#include "kernel.h"

/* Strings one after the other, each with a NUL at its end. */
struct block {
  const char *bytes;
  size_t length;
};

struct order {
  struct block paths;    /* the programs to try to execute, in this order */
  struct block argv;
  struct block constant; /* the environment: the part that is the same for all, */
  struct block own;      /* and the process's own */
  int merge;             /* whether stderr goes where stdout goes */
};

struct started {
  int32_t pid, pidfd;
  int32_t in, out, err; /* the watchdog's ends of the pipes, which do not block; err is -1 with merge */
  int32_t slot;
};

/* Call once, before the first process. */
void find_terminal(void);

/* Returns 0 or a negative errno. A program that cannot be executed is reported later: see spawn_error. */
int spawn(const struct order *, struct started *);

/*
 * Call once, when the process has been waited for: frees the slot and the descriptors that were kept for it. Until then
 * the watchdog holds the writing ends of the process's pipes open, so that their closing causes no event: the exit of
 * the process is event enough. Returns the errno of execve(2), 0 where it went well.
 */
int spawn_error(int32_t slot);

#endif
