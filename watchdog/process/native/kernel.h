/*
 * The kernel's calls, made without a C library: the one binary for a CPU has to serve glibc and musl alike, so it
 * depends on neither.
 */
#ifndef KERNEL_H
#define KERNEL_H

typedef __SIZE_TYPE__ size_t;
typedef __INT32_TYPE__ int32_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;

enum { EPERM = 1, ENOENT = 2, E2BIG = 7, ENOEXEC = 8, EAGAIN = 11, EACCES = 13, ENODEV = 19, ENOTDIR = 20, EINVAL = 22, ENOSYS = 38, ETIMEDOUT = 110, ESTALE = 116 };
enum { SIGKILL = 9, SIGCHLD = 17, SIGNALS = 64, SIGNAL_SET_BYTES = 8, SIG_SETMASK = 2 };
enum { O_NONBLOCK = 04000, O_NOCTTY = 0400, O_CLOEXEC = 02000000, F_SETFL = 4, AT_FDCWD = -100 };
enum { PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22 };
enum { CLONE_VM = 0x100, CLONE_PIDFD = 0x1000 };
enum { WNOHANG = 1, WEXITED = 4, WNOWAIT = 0x1000000 };
enum { EPOLLIN = 1, EPOLLOUT = 4, EPOLLET = 1u << 31, EPOLL_CTL_ADD = 1, EPOLL_CLOEXEC = O_CLOEXEC };
enum { PR_SET_CHILD_SUBREAPER = 36 };

#if defined(__x86_64__)

struct epoll_event {
  uint32_t events;
  uint64_t data;
} __attribute__((packed));

enum {
  SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_mmap = 9, SYS_munmap = 11, SYS_rt_sigaction = 13,
  SYS_rt_sigprocmask = 14, SYS_clone = 56, SYS_execve = 59, SYS_wait4 = 61, SYS_kill = 62, SYS_fcntl = 72,
  SYS_setpgid = 109, SYS_setsid = 112, SYS_prctl = 157, SYS_exit_group = 231, SYS_epoll_ctl = 233, SYS_waitid = 247,
  SYS_openat = 257, SYS_epoll_pwait = 281, SYS_epoll_create1 = 291, SYS_dup3 = 292, SYS_pipe2 = 293,
};

static inline long call(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}

/* clone(2) onto a stack of its own, where the child calls `begin(of)` and never comes back. */
static inline long clone_onto(long flags, void *stack, int32_t *pidfd, void (*begin)(void *), void *of) {
  long result;
  register long r10 __asm__("r10") = 0;
  register long r8 __asm__("r8") = (long)begin;
  register long r9 __asm__("r9") = (long)of;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r9, %%rdi\n\t"
      "call *%%r8\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "a"(SYS_clone), "D"(flags), "S"(stack), "d"(pidfd), "r"(r10), "r"(r8), "r"(r9)
      : "rcx", "r11", "memory", "cc");
  return result;
}

#elif defined(__aarch64__)

struct epoll_event {
  uint32_t events;
  uint64_t data;
};

enum {
  SYS_epoll_create1 = 20, SYS_epoll_ctl = 21, SYS_epoll_pwait = 22, SYS_dup3 = 24, SYS_fcntl = 25, SYS_openat = 56, SYS_close = 57,
  SYS_pipe2 = 59, SYS_read = 63, SYS_write = 64, SYS_exit_group = 94, SYS_waitid = 95, SYS_kill = 129,
  SYS_rt_sigaction = 134, SYS_rt_sigprocmask = 135, SYS_setpgid = 154, SYS_setsid = 157, SYS_prctl = 167, SYS_munmap = 215,
  SYS_clone = 220, SYS_execve = 221, SYS_mmap = 222, SYS_wait4 = 260,
};

static inline long call(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory", "cc");
  return x0;
}

/* clone(2) onto a stack of its own, where the child calls `begin(of)` and never comes back. */
static inline long clone_onto(long flags, void *stack, int32_t *pidfd, void (*begin)(void *), void *of) {
  register long x8 __asm__("x8") = SYS_clone;
  register long x0 __asm__("x0") = flags;
  register void *x1 __asm__("x1") = stack;
  register int32_t *x2 __asm__("x2") = pidfd;
  register long x3 __asm__("x3") = 0;
  register long x4 __asm__("x4") = 0;
  register long x5 __asm__("x5") = (long)begin;
  register void *x6 __asm__("x6") = of;
  __asm__ volatile(
      "svc 0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, xzr\n\t"
      "mov x0, x6\n\t"
      "blr x5\n\t"
      "brk 1\n"
      "1:"
      : "+r"(x0)
      : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x6)
      : "memory", "cc");
  return x0;
}

#else
#error "no kernel calls for this CPU"
#endif

#define CALL0(n) call(n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) call(n, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CALL6(n, a, b, c, d, e, f) call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#endif
