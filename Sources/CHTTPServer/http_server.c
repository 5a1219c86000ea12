// SPDX-License-Identifier: GPL-3.0-or-later

#include "CHTTPServer.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Connections at once; further ones wait in the kernel's queue.
#define CONNECTION_LIMIT 16

// Seconds after which a connection that is silent is closed.
#define TIMEOUT_SECONDS 5

#define SOCKET_LIMIT 2

struct kws_http_server {
  struct event_base *base;
  struct evhttp *http;
  struct event *check;
  struct evconnlistener *listeners[SOCKET_LIMIT];
  int listener_count;
  // Each with a reference of ours, by which a connection that the server has freed can be told.
  struct bufferevent *connections[CONNECTION_LIMIT];
  int connection_count;
  bool checks_host;
  kws_http_handler handler;
  void *context;
};

struct kws_http_request {
  struct evhttp_request *request;
  bool is_answered;
};

// What the server frees loses its callbacks, while our reference keeps the object.
static bool is_closed(struct bufferevent *connection) {
  bufferevent_data_cb read = NULL;
  bufferevent_event_cb event = NULL;
  bufferevent_getcb(connection, &read, NULL, &event, NULL);
  return read == NULL && event == NULL;
}

// Once a second, as the library has no word for the end of a connection; ends a pause too.
static void forget_closed(evutil_socket_t unused, short what, void *context) {
  (void)unused, (void)what;
  kws_http_server *server = context;
  int kept = 0;
  for (int index = 0; index < server->connection_count; index++) {
    struct bufferevent *connection = server->connections[index];
    if (is_closed(connection)) {
      bufferevent_decref(connection);
    } else {
      server->connections[kept++] = connection;
    }
  }
  server->connection_count = kept;
  if (kept < CONNECTION_LIMIT) {
    for (int index = 0; index < server->listener_count; index++) {
      evconnlistener_enable(server->listeners[index]);
    }
  }
}

// Without descriptors nothing can be accepted; without a pause the loop would try all the time.
static void pause_accepting(struct evconnlistener *listener, void *unused) {
  (void)unused;
  evconnlistener_disable(listener);
}

// What the library would print on standard error.
static void ignore_message(int severity, const char *message) { (void)severity, (void)message; }

// The object for a connection that is being accepted.
static struct bufferevent *begin_connection(struct event_base *base, void *context) {
  kws_http_server *server = context;
  struct bufferevent *connection = bufferevent_socket_new(base, -1, 0);
  if (connection == NULL) return NULL;
  if (server->connection_count == CONNECTION_LIMIT) forget_closed(-1, 0, server);
  if (server->connection_count < CONNECTION_LIMIT) {
    bufferevent_incref(connection);
    server->connections[server->connection_count++] = connection;
  }
  if (server->connection_count == CONNECTION_LIMIT) {
    for (int index = 0; index < server->listener_count; index++) {
      evconnlistener_disable(server->listeners[index]);
    }
  }
  return connection;
}

static bool names_loopback(struct evhttp_request *request) {
  const char *host = evhttp_request_get_host(request);
  static const char *const names[] = {"localhost", "127.0.0.1", "::1", "[::1]"};
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    if (host == NULL || strcmp(host, names[index]) == 0) return true;
  }
  return false;
}

static void handle(struct evhttp_request *request, void *context) {
  kws_http_server *server = context;
  const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
  const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
  if (server->checks_host && !names_loopback(request)) {
    evhttp_send_error(request, 403, "Forbidden");
    return;
  }
  kws_http_request wrapped = {.request = request};
  if (path != NULL) server->handler(server->context, path, &wrapped);
  if (!wrapped.is_answered) evhttp_send_error(request, HTTP_NOTFOUND, NULL);
}

void kws_http_answer(kws_http_request *request, int status, const char *reason,
                     const char *content_type, const void *bytes, size_t length) {
  struct evbuffer *body = evbuffer_new();
  if (body == NULL) return;
  struct evkeyvalq *headers = evhttp_request_get_output_headers(request->request);
  evhttp_add_header(headers, "Content-Type", content_type);
  evhttp_add_header(headers, "Cache-Control", "no-store");
  evbuffer_add(body, bytes, length);
  request->is_answered = true;
  evhttp_send_reply(request->request, status, reason, body);
  evbuffer_free(body);
}

kws_http_server *kws_http_server_create(const int *sockets, int count, bool checks_host,
                                        kws_http_handler handler, void *context) {
  kws_http_server *server = calloc(1, sizeof *server);
  if (server == NULL) return NULL;
  server->checks_host = checks_host;
  server->handler = handler;
  server->context = context;
  event_set_log_callback(ignore_message);
  server->base = event_base_new();
  if (server->base != NULL) server->http = evhttp_new(server->base);
  if (server->http == NULL || count > SOCKET_LIMIT) goto failed;
  evhttp_set_allowed_methods(server->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
  evhttp_set_max_headers_size(server->http, 8192);
  evhttp_set_max_body_size(server->http, 0);
  evhttp_set_timeout(server->http, TIMEOUT_SECONDS);
  evhttp_set_gencb(server->http, handle, server);
  evhttp_set_bevcb(server->http, begin_connection, server);
  for (int index = 0; index < count; index++) {
    // The library closes its own.
    int copy = fcntl(sockets[index], F_DUPFD_CLOEXEC, 0);
    struct evhttp_bound_socket *bound =
        copy < 0 ? NULL : evhttp_accept_socket_with_handle(server->http, copy);
    if (bound == NULL) {
      if (copy >= 0) close(copy);
      goto failed;
    }
    struct evconnlistener *listener = evhttp_bound_socket_get_listener(bound);
    evconnlistener_set_error_cb(listener, pause_accepting);
    server->listeners[server->listener_count++] = listener;
  }
  server->check = event_new(server->base, -1, EV_PERSIST, forget_closed, server);
  struct timeval second = {.tv_sec = 1};
  if (server->check == NULL || event_add(server->check, &second) != 0) goto failed;
  return server;

failed:
  kws_http_server_free(server);
  return NULL;
}

static void stop_loop(evutil_socket_t unused, short what, void *context) {
  (void)unused, (void)what;
  event_base_loopbreak(((kws_http_server *)context)->base);
}

void kws_http_server_run(kws_http_server *server, int stop) {
  struct event *event = event_new(server->base, stop, EV_READ, stop_loop, server);
  if (event == NULL) return;
  if (event_add(event, NULL) == 0) event_base_dispatch(server->base);
  event_free(event);
}

void kws_http_server_free(kws_http_server *server) {
  if (server->check != NULL) event_free(server->check);
  if (server->http != NULL) evhttp_free(server->http);
  for (int index = 0; index < server->connection_count; index++) {
    bufferevent_decref(server->connections[index]);
  }
  if (server->base != NULL) event_base_free(server->base);
  free(server);
}
