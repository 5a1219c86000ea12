// SPDX-License-Identifier: GPL-3.0-or-later
//
// libevent's HTTP server on listening sockets, for small pages that are made for each request.
// A wrapper and no module map over libevent: its headers define the system's time types again,
// which would hide those of Glibc from Swift.

#ifndef KWS_HTTP_SERVER_H
#define KWS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct kws_http_server kws_http_server;
typedef struct kws_http_request kws_http_request;

// Called on the thread that runs the server, with the path of a GET or HEAD request. What it does
// not answer does not exist.
typedef void (*kws_http_handler)(void *_Nullable context, const char *_Nonnull path,
                                 kws_http_request *_Nonnull request);

// A server on copies of `count` listening, non-blocking sockets; null where memory or descriptors
// are short. With `checks_host` it answers only requests that name a loopback host or none: a web
// page could otherwise read the answers under a name of its own.
kws_http_server *_Nullable kws_http_server_create(const int *_Nonnull sockets, int count,
                                                  bool checks_host,
                                                  kws_http_handler _Nonnull handler,
                                                  void *_Nullable context);

// Serves until the descriptor `stop` is readable.
void kws_http_server_run(kws_http_server *_Nonnull server, int stop);

// Closes every connection.
void kws_http_server_free(kws_http_server *_Nonnull server);

// Answers with a copy of `length` bytes.
void kws_http_answer(kws_http_request *_Nonnull request, int status, const char *_Nonnull reason,
                     const char *_Nonnull content_type, const void *_Nonnull bytes,
                     size_t length);

#endif
