/*
 * The addon's interface for JavaScript: addon.ts describes each function. A number below zero is a negative errno. All
 * of it runs on the main thread.
 */
#include "host.h"
#include "spawn.h"

#define EXPORT __attribute__((visibility("default")))

enum { MOST_EVENTS = 64, POLL_BYTES = 512, MOST_ARGUMENTS = 8 };
enum { INTERFACE_VERSION = 3 };

static struct {
  napi_env env;
  napi_ref callback;
  napi_async_context context;
  int32_t *events; /* pairs: the process, its event */
  int32_t epoll;
  uint64_t poll[POLL_BYTES / 8];
} loop = {.epoll = -1};

static int32_t integer(napi_env env, napi_value value) {
  int32_t result = 0;
  napi_get_value_int32(env, value, &result);
  return result;
}

static napi_value number(napi_env env, long value) {
  napi_value result = 0;
  napi_create_int32(env, (int32_t)value, &result);
  return result;
}

static struct block block(napi_env env, napi_value value) {
  void *bytes = 0;
  size_t length = 0;
  napi_get_buffer_info(env, value, &bytes, &length);
  return (struct block){bytes, length};
}

static int32_t *integers(napi_env env, napi_value value) {
  void *items = 0;
  napi_get_typedarray_info(env, value, 0, 0, &items, 0, 0);
  return items;
}

static void arguments(napi_env env, napi_callback_info info, napi_value *values) {
  size_t count = MOST_ARGUMENTS;
  napi_get_cb_info(env, info, &count, values, 0, 0);
}

/* A change of a file is reported once (EPOLLET), so that a paused reader is not called all the time. */
static long watch(int32_t file, uint32_t events, int32_t process, int32_t what) {
  struct epoll_event event = {events | EPOLLET, (uint64_t)(uint32_t)process << 32 | (uint32_t)what};
  return CALL4(SYS_epoll_ctl, loop.epoll, EPOLL_CTL_ADD, file, &event);
}

static void on_events(uv_handle_t *handle, int status, int ready) {
  struct epoll_event events[MOST_EVENTS];
  (void)handle, (void)status, (void)ready;
  long count = CALL6(SYS_epoll_pwait, loop.epoll, events, MOST_EVENTS, 0, 0, SIGNAL_SET_BYTES);
  if (count <= 0) return;
  for (long at = 0; at < count; at++) {
    loop.events[2 * at] = (int32_t)(events[at].data >> 32);
    loop.events[2 * at + 1] = (int32_t)events[at].data;
  }
  napi_handle_scope scope;
  if (napi_open_handle_scope(loop.env, &scope) != 0) return;
  napi_value callback, argument = number(loop.env, count), thrown;
  napi_get_reference_value(loop.env, loop.callback, &callback);
  if (napi_make_callback(loop.env, loop.context, callback, callback, 1, &argument, 0) != 0 &&
      napi_get_and_clear_last_exception(loop.env, &thrown) == 0)
    napi_fatal_exception(loop.env, thrown);
  napi_close_handle_scope(loop.env, scope);
}

/* start(events, callback) */
static napi_value start(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS], object, name;
  arguments(env, info, values);
  if (loop.epoll >= 0 || uv_handle_size(UV_POLL) > POLL_BYTES) return number(env, -EINVAL);
  uv_loop_t *uv;
  uint64_t action[4] = {0, 0, 0, 0};
  long epoll = CALL1(SYS_epoll_create1, EPOLL_CLOEXEC);
  if (epoll < 0) return number(env, epoll);
  loop.env = env;
  loop.events = integers(env, values[0]);
  napi_ref kept;
  napi_create_reference(env, values[0], 1, &kept);
  napi_create_reference(env, values[1], 1, &loop.callback);
  napi_create_object(env, &object);
  napi_create_string_utf8(env, "fwatchdog", 9, &name);
  napi_async_init(env, object, name, &loop.context);
  uv_handle_t *handle = (uv_handle_t *)loop.poll;
  if (napi_get_uv_event_loop(env, &uv) != 0 || uv_poll_init(uv, handle, (int)epoll) != 0) {
    CALL1(SYS_close, epoll);
    return number(env, -EINVAL);
  }
  loop.epoll = (int32_t)epoll;
  find_terminal();
  uv_poll_start(handle, UV_READABLE, on_events);
  uv_unref(handle);
  /* where the watchdog's parent ignores SIGCHLD, the kernel would keep no exit status */
  CALL4(SYS_rt_sigaction, SIGCHLD, 0, action, SIGNAL_SET_BYTES);
  if (action[0] == 1) {
    action[0] = 0;
    CALL4(SYS_rt_sigaction, SIGCHLD, action, 0, SIGNAL_SET_BYTES);
  }
  return number(env, 0);
}

/* spawn(paths, argv, constant, own, merge, process, result) */
static napi_value spawn_process(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  struct order order = {block(env, values[0]), block(env, values[1]), block(env, values[2]), block(env, values[3]), integer(env, values[4])};
  int32_t process = integer(env, values[5]);
  int32_t *result = integers(env, values[6]);
  struct started started;
  int error = spawn(&order, &started);
  if (error < 0) return number(env, error);
  watch(started.out, EPOLLIN, process, 0);
  if (started.err >= 0) watch(started.err, EPOLLIN, process, 1);
  watch(started.pidfd, EPOLLIN, process, 3);
  result[0] = started.in;
  result[1] = started.out;
  result[2] = started.err;
  result[3] = started.pidfd;
  result[4] = started.slot;
  return number(env, started.pid);
}

/* watchWritable(file, process) */
static napi_value watch_writable(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  return number(env, watch(integer(env, values[0]), EPOLLOUT, integer(env, values[1]), 2));
}

/* read(file, buffer) */
static napi_value read_file(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  struct block into = block(env, values[1]);
  return number(env, CALL3(SYS_read, integer(env, values[0]), into.bytes, into.length));
}

/* write(file, buffer, offset) */
static napi_value write_file(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  struct block from = block(env, values[1]);
  size_t offset = (size_t)integer(env, values[2]);
  if (offset > from.length) return number(env, -EINVAL);
  return number(env, CALL3(SYS_write, integer(env, values[0]), from.bytes + offset, from.length - offset));
}

/* close(file) */
static napi_value close_file(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  return number(env, CALL1(SYS_close, integer(env, values[0])));
}

/* pipe(result): the ends to read from and to write to, which no process inherits by itself */
static napi_value make_pipe(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  return number(env, CALL2(SYS_pipe2, integers(env, values[0]), O_CLOEXEC));
}

/* reap(pid, slot, result): 1 where it had exited; slot -1 for a process that was not started here */
static napi_value reap(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  int32_t pid = integer(env, values[0]);
  int32_t *result = integers(env, values[2]);
  int32_t status = 0;
  long reaped = CALL4(SYS_wait4, pid, &status, WNOHANG, 0);
  if (reaped == 0) return number(env, 0);
  result[0] = (status >> 8) & 0xff;
  result[1] = status & 0x7f;
  result[2] = spawn_error(integer(env, values[1]));
  if (reaped < 0) return number(env, reaped);
  return number(env, 1);
}

/* kill(pid, signal) */
static napi_value send_signal(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  arguments(env, info, values);
  return number(env, CALL2(SYS_kill, integer(env, values[0]), integer(env, values[1])));
}

/* adopt(): orphans of the function become children of the watchdog, even where the system has an init */
static napi_value adopt(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, CALL5(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

/* exitedChild(): the id of a child that has exited and was not waited for, without waiting for it; 0 for none */
static napi_value exited_child(napi_env env, napi_callback_info info) {
  (void)info;
  int32_t about[32]; /* a siginfo_t, whose fifth integer is the id of the process */
  about[4] = 0;
  long result = CALL5(SYS_waitid, 0, 0, about, WEXITED | WNOHANG | WNOWAIT, 0);
  return number(env, result < 0 ? 0 : about[4]);
}

/* trim(): 1 where memory was given back to the system */
static napi_value trim(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, malloc_trim ? malloc_trim(0) : 0);
}

static void define(napi_env env, napi_value exports, const char *name, size_t length, napi_callback callback) {
  napi_value function;
  if (napi_create_function(env, name, length, callback, 0, &function) == 0) napi_set_named_property(env, exports, name, function);
}
#define DEFINE(name, function) define(env, exports, name, sizeof(name) - 1, function)

EXPORT int32_t node_api_module_get_api_version_v1(void);
EXPORT int32_t node_api_module_get_api_version_v1(void) {
  return 8;
}

EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports);
EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_set_named_property(env, exports, "version", number(env, INTERFACE_VERSION));
  DEFINE("start", start);
  DEFINE("spawn", spawn_process);
  DEFINE("watchWritable", watch_writable);
  DEFINE("read", read_file);
  DEFINE("write", write_file);
  DEFINE("close", close_file);
  DEFINE("pipe", make_pipe);
  DEFINE("reap", reap);
  DEFINE("kill", send_signal);
  DEFINE("adopt", adopt);
  DEFINE("exitedChild", exited_child);
  DEFINE("trim", trim);
  return exports;
}
