/*
 * The functions of the host program that the addon calls: Node-API, which every Node since 12 has under these names,
 * four functions of libuv 1, which Node exports to its addons, and one of glibc. They are declared here, so that no header
 * is needed to build.
 */
#ifndef HOST_H
#define HOST_H

#include "kernel.h"

typedef struct host_env *napi_env;
typedef struct host_value *napi_value;
typedef struct host_ref *napi_ref;
typedef struct host_scope *napi_handle_scope;
typedef struct host_context *napi_async_context;
typedef struct host_info *napi_callback_info;
typedef struct uv_loop uv_loop_t;
typedef struct uv_handle uv_handle_t;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef int napi_status; /* 0: done */

napi_status napi_get_cb_info(napi_env, napi_callback_info, size_t *count, napi_value *values, napi_value *self, void **data);
napi_status napi_create_function(napi_env, const char *name, size_t length, napi_callback, void *data, napi_value *result);
napi_status napi_set_named_property(napi_env, napi_value object, const char *name, napi_value value);
napi_status napi_create_int32(napi_env, int32_t, napi_value *result);
napi_status napi_get_value_int32(napi_env, napi_value, int32_t *result);
napi_status napi_get_buffer_info(napi_env, napi_value, void **bytes, size_t *length);
napi_status napi_get_typedarray_info(napi_env, napi_value, int *type, size_t *length, void **items, napi_value *buffer, size_t *offset);
napi_status napi_create_reference(napi_env, napi_value, uint32_t count, napi_ref *result);
napi_status napi_get_reference_value(napi_env, napi_ref, napi_value *result);
napi_status napi_open_handle_scope(napi_env, napi_handle_scope *);
napi_status napi_close_handle_scope(napi_env, napi_handle_scope);
napi_status napi_create_string_utf8(napi_env, const char *, size_t length, napi_value *result);
napi_status napi_create_object(napi_env, napi_value *result);
napi_status napi_async_init(napi_env, napi_value resource, napi_value name, napi_async_context *result);
napi_status napi_make_callback(napi_env, napi_async_context, napi_value self, napi_value function, size_t count, const napi_value *values, napi_value *result);
napi_status napi_get_and_clear_last_exception(napi_env, napi_value *result);
napi_status napi_fatal_exception(napi_env, napi_value);
napi_status napi_get_uv_event_loop(napi_env, uv_loop_t **);

enum { UV_POLL = 8, UV_READABLE = 1 };
size_t uv_handle_size(int type);
int uv_poll_init(uv_loop_t *, uv_handle_t *, int fd);
int uv_poll_start(uv_handle_t *, int events, void (*callback)(uv_handle_t *, int status, int events));
void uv_unref(uv_handle_t *);

/* glibc's, where that is the C library: gives what was freed back to the system, from the heaps of all threads */
extern int malloc_trim(size_t kept) __attribute__((weak));

#endif
